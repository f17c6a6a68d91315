// The page: reads the results that stand in it as JSON, and builds sections from top to bottom. Of several results
// one is shown at a time, with a comparison above. Not here: the charts themselves (charts.js, map.js).
'use strict';

const THEMES = {
    light: {name: 'light', ink: '#1b1f24', muted: '#57606a', rule: '#d0d7de', surface: '#ffffff', good: '#00795A',
        bad: '#C2410C'},
    dark: {name: 'dark', ink: '#e6edf3', muted: '#9aa7b4', rule: '#3a444f', surface: '#161b22', good: '#2FC79B',
        bad: '#FF8A5C'},
};
const FONT = 'system-ui, "Segoe UI", Roboto, "DejaVu Sans", sans-serif';

const prefersDark = matchMedia('(prefers-color-scheme: dark)');
const theme = () => {
    const chosen = document.documentElement.dataset.theme ?? (prefersDark.matches ? 'dark' : 'light');
    return {...THEMES[chosen], font: FONT};
};

/** Charts on the page. `data-charts` and `data-drawn` of the root say how many there are, and how many are drawn. */
const drawn = {
    charts: [],
    add(element, chart) {
        this.charts.push({element, chart, instance: null, done: false});
    },
    clear() {
        for (const entry of this.charts) entry.instance?.dispose();
        this.charts = [];
    },
    draw(entry) {
        if (!entry.instance) {
            entry.instance = echarts.init(entry.element, null, {renderer: 'canvas'});
            entry.instance.on('finished', () => {
                entry.done = true;
                this.tell();
            });
        }
        entry.instance.setOption(entry.chart.option(theme()), true);
    },
    drawAll() {
        this.charts.forEach((entry) => this.draw(entry));
        this.tell();
    },
    redraw(chart) {
        this.charts.filter((entry) => entry.chart === chart).forEach((entry) => this.draw(entry));
    },
    resize() {
        for (const {instance} of this.charts) instance?.resize();
    },
    tell() {
        document.documentElement.dataset.charts = this.charts.length;
        document.documentElement.dataset.drawn = this.charts.filter(({done}) => done).length;
    },
};

/** A chart with its table beside it. @param controls  above both */
function figure(chart, controls) {
    const label = `Chart: ${chart.title}. Its table says the same.`;
    const canvas = el('div', {class: 'chart', role: 'img', 'aria-label': label});
    canvas.style.height = `${chart.height}px`;
    const table = el('div', {class: 'twin'}, tableElement(chart.table));
    table.style.setProperty('--height', `${Math.max(chart.height, 220)}px`);
    drawn.add(canvas, chart);
    return el('figure', null,
        el('figcaption', null, el('h3', null, chart.title), el('p', {class: 'note'}, chart.note)), controls,
        el('div', {class: chart.wide ? 'pair wide' : 'pair'}, canvas, table));
}

/** Buttons of which one is chosen; the arrow keys walk through them. */
function choice(legendText, name, options, chosen, onChange) {
    return el('fieldset', {class: 'choice'}, el('legend', null, legendText), options.map(([value, text]) =>
        el('label', null, el('input', {type: 'radio', name, value, checked: value === chosen ? '' : null,
            change: () => onChange(value)}), el('span', null, text))));
}

function section(id, title, ...content) {
    return el('section', {id, 'aria-labelledby': `${id}-title`}, el('h2', {id: `${id}-title`}, title), ...content);
}

// -- Sections of one result

const TILES = [
    ['summary/completion_ps', 'completion', duration], ['training/step_ps', 'training step', duration],
    ['training/flops_utilisation', 'MFU', percent], ['summary/bus_bandwidth', 'bus bandwidth', byteRate],
    ['summary/straggler_ratio', 'straggler ratio', measured], ['summary/worst_margin_db', 'worst margin', decibel],
    ['summary/frames_lost', 'frames lost', readableNumber],
    ['summary/frames_dropped', 'frames dropped', readableNumber],
    ['summary/retransmissions', 'packets sent again', readableNumber],
    ['economics/watt_per_gpu', 'power per GPU', watts], ['economics/usd_per_gpu', 'price per GPU', dollars],
];

const packetTail = (result) => result.distributions.find(({name}) => name === 'packet_latency');

function tiles(result) {
    const tile = (name, text, value, path) => el('div', {class: 'tile'}, el('dt', null, name),
        el('dd', {'data-value': String(value), 'data-path': path, title: String(value)}, text));
    const list = TILES.map(([path, name, show]) => [path, name, show, figureOf(result, path)])
        .filter(([path, , , value]) => isFigure(value) && (path !== TILES[0][0] || result.status === 'complete'))
        .map(([path, name, show, value]) => tile(name, show(value), value, path));
    const tail = packetTail(result);
    if (tail) list.splice(1, 0, tile('p99.9 packet latency', duration(tail.quantiles.p99_9), tail.quantiles.p99_9,
        'histograms/packet_latency/p99_9'));
    return el('dl', {class: 'tiles'}, list);
}

/** Rows of equal length, as nearly as may be: one tile in a row of its own looks forgotten. */
function alignTiles() {
    for (const list of document.querySelectorAll('.tiles')) {
        const most = Math.max(Math.floor((list.clientWidth + 8) / 158), 1), count = list.children.length;
        let columns = Math.ceil(count / Math.ceil(count / most));
        if (columns > 2 && count % columns === 1) --columns;
        list.style.setProperty('--columns', columns);
    }
}

const WORD_SYMBOLS = {PASS: '✓', MARGINAL: '!', PARTIAL: '…', FAIL: '✗'};

function verdictSection(result) {
    const {word, deciding, also} = result.verdict;
    const {endpoints, nodes, links} = result.size;
    return section('verdict', 'Run verdict',
        el('p', {class: `verdict ${word.toLowerCase()}`}, el('strong', null, `${WORD_SYMBOLS[word] ?? ''} ${word}`),
            el('span', null, deciding.join('; '))),
        also.length ? el('ul', {class: 'also'}, also.map((sentence) => el('li', null, sentence))) : null,
        tiles(result), gatesTable(result),
        el('p', {class: 'note'}, `${readableNumber(endpoints)} GPUs, ${readableNumber(nodes)} nodes, ` +
            `${readableNumber(links)} cables; seeds: plant ${result.seeds.plant}, traffic ${result.seeds.traffic}, ` +
            `faults ${result.seeds.faults}; digest ${result.digest || 'none'}; ${result.file}`));
}

function latencySection(result) {
    const curves = result.distributions.map((curve) => ({name: distributionName(curve.name), curve}));
    return curves.length ? section('latency', 'Latency and completion',
        figure(tailChart('Latencies and flow completion', curves))) : null;
}

function opticsSection(result) {
    const charts = [];
    if (result.margin) charts.push(marginChart(result));
    if (result.error_ratio) charts.push(histogramChart({
        title: 'Bit errors before correction', axisName: 'bit error ratio', data: result.error_ratio,
        label: (log) => Number(10 ** log).toExponential(1),
        note: 'Mean of the lanes of each direction; 1e-20 stands for less, too.' + beforeFaults(result),
    }));
    charts.push(...(result.budgets ?? []).map((budget) => budgetChart(result, budget)));
    return charts.length ? section('optics', 'Optics', charts.map((chart) => figure(chart))) : null;
}

function scaleLegend(map, measure) {
    const [from, to] = MEASURES[measure].ends(map.spans[measure]);
    const note = el('span', null, MEASURES[measure].note);
    if (from === to) return [el('span', null, from), note];  // all alike
    const swatches = Array.from({length: 9}, (_, n) => {
        const swatch = el('i');
        swatch.style.background = shade(theme(), n / 8);
        return swatch;
    });
    return [el('span', null, from), el('span', {class: 'swatches', 'aria-hidden': 'true'}, swatches),
        el('span', null, to), note];
}

const MOST_LINKS_SHOWN = 20;
const TIER_HEAD = ['tier', 'cables', 'least margin', 'busiest', 'frames sent', 'frames lost'];

function mapSection(result) {
    const map = readMap(result.map), tiers = result.map.tiers;
    if (map.measures.length === 0 || map.lines.length === 0) return null;
    const state = {measure: firstMeasure(map, result.verdict), tier: map.lines.reduce(worseLine).tier};
    const fabric = {
        title: 'The fabric', height: 80 + 100 * map.kinds.length, wide: true,
        note: 'Rows of nodes and the cables between them; where there are many, neighbours share a place.',
        option: (look) => mapOption(look, map, tiers, state.measure),
        table: {caption: 'The tiers', head: TIER_HEAD.slice(0, result.map.utilisation ? 6 : 3),
            rows: tierRows(map, tiers)},
    };
    const matrix = {
        title: 'The same as a matrix', height: matrixHeight(map), wide: true,
        note: 'One tier: the lower ends of its cables downwards, the upper ends across.',
        option: (look) => matrixOption(look, map, state.tier, state.measure),
        table: worstLinks(result.links ?? [], state.measure, MOST_LINKS_SHOWN),
    };
    const scale = el('p', {class: 'scale'});
    const tierChoices = tiersOf(map, tiers).map(({name, tier}) => [String(tier), name]);
    const matrixFigure = figure(matrix, tierChoices.length > 1 ? choice('Tier', 'tier', tierChoices, String(state.tier),
        (tier) => {
            state.tier = Number(tier);
            drawn.redraw(matrix);
        }) : null);
    const show = () => {
        scale.replaceChildren(...scaleLegend(map, state.measure));
        matrixFigure.querySelector('.twin').replaceChildren(
            tableElement(worstLinks(result.links ?? [], state.measure, MOST_LINKS_SHOWN)));
    };
    scale.refresh = show;
    show();
    const measureChoices = map.measures.map((name) => [name, MEASURES[name].label]);
    return section('map', 'Map', choice('Coloured by', 'measure', measureChoices, state.measure,
        (measure) => {
            state.measure = measure;
            show();
            drawn.redraw(fabric);
            drawn.redraw(matrix);
        }), scale, figure(fabric), matrixFigure);
}

function loadSection(result) {
    if (!result.utilisation) return null;
    const charts = [histogramChart({
        title: 'Utilisation', axisName: 'time busy', data: result.utilisation, label: percentTick,
        note: 'Share of the run that each direction was sending.',
    })];
    if (result.queue) charts.push(histogramChart({
        title: 'Deepest queue', axisName: 'deepest queue', data: result.queue,
        label: (log) => bytes(Math.round(2 ** log)),
        note: 'Of each direction that ever had one, at the port that sends.',
    }));
    return section('load', 'Load', charts.map((chart) => figure(chart)));
}

function seriesSection(result) {
    const content = result.series ? [figure(seriesChart(result)), tableElement(busiestTable(result))]
        : [el('p', {class: 'note'}, 'No port was sampled in time. In the scenario, interval = "10us" in [series] ' +
            'switches that on.')];
    return section('series', 'Over time', ...content);
}

const FAULT_COLUMNS = [
    ['cables', 'cables', readableNumber], ['occurrences', 'times', readableNumber],
    ['frames_lost', 'frames lost', readableNumber],
    ['flows_stalled', 'flows stalled', readableNumber], ['flows_failed', 'flows failed', readableNumber],
    ['endpoints_affected', 'GPUs affected', readableNumber], ['longest_stall_ps', 'longest stall', orNever],
    ['to_detect_ps', 'detected after', orNever], ['to_reroute_ps', 'rerouted after', orNever],
    ['to_recover_ps', 'recovered after', orNever],
];

function faultTable(result) {
    return tableElement({
        caption: `Faults${result.fault_rows > result.faults.length ? `, the first of ${result.fault_rows}` : ''}`,
        head: ['fault', ...FAULT_COLUMNS.map(([, name]) => name)],
        rows: result.faults.map((fault) => [`fault.${fault.fault} (${fault.kind})`,
            ...FAULT_COLUMNS.map(([key, , show]) =>
                cell(show(fault[key]), fault[key], `faults/${key}[${fault.fault}]`))]),
    });
}

function eventList(result) {
    const shown = result.events.length;
    const cut = result.event_rows > shown ? `, of which the first ${shown} stand here` : '';
    return el('details', null, el('summary', null, `Events: ${readableNumber(result.event_rows)}${cut}`),
        tableElement({caption: 'Events', head: ['what', 'when', 'of'], rows: result.events.map((event, row) =>
            [event.kind, cell(duration(event.time_ps), event.time_ps, `events/time_ps[${row}]`), subjectOf(event)])}));
}

function timelineSection(result) {
    if (!result.collectives && !result.faults) return null;
    return section('timeline', 'Timeline', figure(timelineChart(result)), result.faults ? faultTable(result) : null,
        result.events ? eventList(result) : null);
}

function detailSections(result) {
    const rows = result.figures.map(({path, meaning, value, units}) => [meaning || path,
        cell(value === null ? '-' : String(value), value ?? undefined, path), units === '1' ? '' : units, path]);
    const text = (title, content) => content ? el('details', null, el('summary', null, title),
        el('pre', {tabindex: '0'}, content)) : null;
    return [
        rows.length ? section('figures', 'All figures', tableElement({caption: 'In full, as the result file has them',
            head: ['figure', 'value', 'unit', 'path'], rows})) : null,
        section('scenario', 'Scenario', text('As it was written', result.scenario),
            text('With every default', result.effective_scenario)),
    ];
}

// -- The page

function resultSections(result) {
    return [verdictSection(result), jobsSection(result), trainingSection(result), sizesSection(result),
        latencySection(result), opticsSection(result), mapSection(result), loadSection(result), seriesSection(result),
        timelineSection(result), billSection(result), ...detailSections(result)]
        .filter((part) => part !== null);
}

function contents(sections) {
    return el('nav', {'aria-label': 'Sections'}, el('ul', null, sections.map((part) =>
        el('li', null, el('a', {href: `#${part.id}`}, part.querySelector('h2').textContent)))));
}

function themeChoice() {
    return choice('Colours', 'theme', [['auto', 'auto'], ['light', 'light'], ['dark', 'dark']], 'auto', (value) => {
        if (value === 'auto') delete document.documentElement.dataset.theme;
        else document.documentElement.dataset.theme = value;
        recolour();
    });
}

function recolour() {
    document.querySelectorAll('.scale').forEach((scale) => scale.refresh());
    drawn.drawAll();
}

function build(data) {
    const several = data.results.length > 1;
    const header = el('header'), body = el('div');
    const show = (n) => {
        const result = data.results[n];
        drawn.clear();
        const comparison = several ? [comparisonSection(data)] : [];
        const sections = [...comparison, ...resultSections(result)];
        if (several) sections[1].prepend(resultChoice(data, n, show));
        header.replaceChildren(
            el('div', {class: 'top'}, el('h1', null, several ? document.title : result.title || 'Lightloom report'),
                themeChoice()),
            contents(sections));
        body.replaceChildren(...sections);
        alignTiles();
        drawn.drawAll();
    };
    document.getElementById('report').replaceChildren(header, body);
    show(0);
}

build(JSON.parse(document.getElementById('data').textContent));
prefersDark.addEventListener('change', recolour);
addEventListener('resize', () => {
    alignTiles();
    drawn.resize();
});
