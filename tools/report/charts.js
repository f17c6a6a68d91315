// Charts as ECharts takes them, each with the table that says the same. A chart is {title, note, height, option, table,
// wide}, where option(theme) makes the ECharts option: it is asked again when the page turns dark. The table of a wide
// one stands below it, not beside.
'use strict';

// After Okabe and Ito: told apart by all kinds of sight. Lines differ in dashes, too, and bars in hatching.
const PALETTE = {
    light: ['#0072B2', '#D55E00', '#009E73', '#CC79A7', '#444444', '#56B4E9', '#B8860B'],
    dark: ['#56B4E9', '#E69F00', '#2FC79B', '#E79AC4', '#E6EDF3', '#3F7FD6', '#F0E442'],
};
const DASHES = ['solid', [8, 4], 'dotted', [10, 3, 2, 3], [18, 6], [4, 2], [2, 6]];

/** Another one when the colours begin again: twenty lines are twenty looks. */
const dashOf = (n) => DASHES[(n + Math.floor(n / PALETTE.light.length)) % DASHES.length];

function axis(theme, name, more) {
    return {
        name,
        nameLocation: 'middle',
        nameTextStyle: {color: theme.muted},
        axisLabel: {color: theme.muted, hideOverlap: true, ...(more.axisLabel ?? {})},
        axisLine: {lineStyle: {color: theme.rule}},
        splitLine: {show: more.type !== 'category', lineStyle: {color: theme.rule, opacity: 0.6}},
        ...Object.fromEntries(Object.entries(more).filter(([key]) => key !== 'axisLabel')),
    };
}

/** What all charts have in common. Tooltips are drawn, not made of HTML: no text can become markup. */
function base(theme, more) {
    return {
        animation: false,
        color: PALETTE[theme.name],
        textStyle: {color: theme.ink, fontFamily: theme.font},
        grid: {left: 64, right: 24, top: 40, bottom: 52},
        tooltip: {
            renderMode: 'richText', confine: true, backgroundColor: theme.surface, borderColor: theme.rule,
            textStyle: {color: theme.ink, fontSize: 12}, ...(more.tooltip ?? {}),
        },
        ...Object.fromEntries(Object.entries(more).filter(([key]) => key !== 'tooltip')),
    };
}

const legend = (theme) => ({top: 4, type: 'scroll', textStyle: {color: theme.ink}, pageTextStyle: {color: theme.ink},
    pageIconColor: theme.ink, pageIconInactiveColor: theme.rule});

/** Of lines: their dashes, which a mark in the middle would hide. */
const lineLegend = (theme) => ({...legend(theme), itemWidth: 40, itemStyle: {opacity: 0}});

// -- Distributions

const DISTRIBUTION_NAMES = {
    packet_latency: 'packet latency',
    message_latency: 'message, to its acknowledgement',
    packet_jitter: 'packet jitter',
    acknowledgement_latency: 'acknowledgement latency',
    flow_completion: 'flow completion',
};
const distributionName = (name) => DISTRIBUTION_NAMES[name] ?? name;

/** The share below as a percentile: 0.001 -> "p99.9". */
function percentileLabel(tail) {
    const nines = Math.round(-Math.log10(tail));
    if (nines <= 0) return 'p0';
    if (nines === 1) return 'p90';
    return 'p99' + (nines > 2 ? '.' + '9'.repeat(nines - 2) : '');
}

/** Where the axis begins: not far below the medians, so that no jitter of picoseconds takes half of it. */
function leastTime(curves) {
    const least = curves.map(({curve}) => Math.max(curve.ps[0] ?? 1, curve.quantiles.p50 / 30, 1));
    return 10 ** Math.floor(Math.log10(Math.min(...least)));
}

function tailOption(theme, curves) {
    return base(theme, {
        legend: lineLegend(theme),
        grid: {left: 64, right: 28, top: 44, bottom: 52},
        tooltip: {
            trigger: 'item',
            formatter: ({seriesName, value}) =>
                `${seriesName}\n${percent(value[1])} take ${duration(value[0])} or longer`,
        },
        xAxis: axis(theme, 'time', {
            type: 'log', nameGap: 30, min: leastTime(curves), axisLabel: {formatter: timeTick},
        }),
        yAxis: axis(theme, '', {type: 'log', inverse: true, max: 1, axisLabel: {formatter: percentileLabel}}),
        series: curves.map(({name, curve}, n) => ({
            name, type: 'line', step: 'end', showSymbol: curve.ps.length < 2, symbolSize: 7,
            lineStyle: {width: 2, type: dashOf(n)}, triggerLineEvent: true,
            data: curve.ps.map((ps, i) => [ps, curve.tail[i]]),
        })),
    });
}

const QUANTILES = [['p50', 'p50'], ['p99', 'p99'], ['p99.9', 'p99_9'], ['p99.99', 'p99_99'], ['max', 'max']];

/** @param curves [{name, curve}]; of histograms the file has the quantiles as scalars, which the cells name */
function tailChart(title, curves) {
    const cells = ({curve}) => QUANTILES.map(([, key]) => cell(duration(curve.quantiles[key]), curve.quantiles[key],
        curve.group.startsWith('histograms/') ? `${curve.group}/${key}` : null));
    return {
        title,
        note: 'How long each share of them takes at most: both axes are logarithmic, so that the slowest are seen.',
        height: 380, wide: true,
        option: (theme) => tailOption(theme, curves),
        table: {
            caption: title,
            head: ['', 'samples', ...QUANTILES.map(([label]) => label)],
            rows: curves.map((row) => [row.name, cell(readableNumber(row.curve.samples), row.curve.samples,
                row.curve.group.startsWith('histograms/') ? row.curve.group + '/samples' : null), ...cells(row)]),
        },
    };
}

// -- Histograms over links

/** @param label  what a bin's lower edge is called on the axis; rows of one `stack` stand on each other */
function histogramChart({title, note, axisName, data, label}) {
    const count = data.rows[0].count.length;
    const edge = (n) => data.start + n * data.step;
    const between = (n) => `${label(edge(n))} to ${label(edge(n + 1))}`;
    const bins = Array.from({length: count}, (_, n) => n);
    const used = bins.filter((n) => data.rows.some((row) => row.count[n] > 0));
    return {
        title, note, height: 300,
        option: (theme) => base(theme, {
            legend: legend(theme),
            aria: {enabled: data.rows.length > 1, decal: {show: data.rows.length > 1}, label: {enabled: false}},
            tooltip: {
                trigger: 'item',
                formatter: ({seriesName, dataIndex, value}) =>
                    `${seriesName}: ${readableNumber(value)} directions\n${between(dataIndex)}`,
            },
            xAxis: axis(theme, axisName, {
                type: 'category', nameGap: 30, data: bins.map((n) => label(edge(n))),
            }),
            yAxis: axis(theme, 'directions of links', {type: 'value', nameGap: 46, minInterval: 1}),
            series: data.rows.map((row) => ({
                name: row.tier, type: 'bar', stack: row.stack ?? 'all', barCategoryGap: '8%', barGap: '0%',
                barMaxWidth: 48, data: row.count,
            })),
        }),
        table: {
            caption: title,
            head: [axisName, ...data.rows.map((row) => row.tier)],
            rows: used.map((n) => [between(n), ...data.rows.map((row) =>
                cell(readableNumber(row.count[n]), row.count[n]))]),
        },
    };
}

/** What links were like at the start is known of all, what faults made of them only of their margins. */
function beforeFaults(result) {
    const count = result.fault_rows, fromStart = result.margin?.from_start;
    if (fromStart) return ` At the start of the run: faults that begin then take margin from ${
        readableNumber(fromStart)} of them already.`;
    return count ? ` As built: before the ${count === 1 ? 'fault' : `${readableNumber(count)} faults`} of this run.`
        : ' As built.';
}

/** As built and, where faults took margin from links, beside it the least during the run. */
function marginChart(result) {
    const {margin} = result, {degraded, from_start: fromStart} = margin;
    const start = fromStart ? 'at the start' : 'as built';
    const named = (rows, when) => rows.map((row) => ({...row, tier: `${row.tier}, ${when}`, stack: when}));
    return histogramChart({
        title: 'Link margin', axisName: 'margin, dB', label: (db) => db.toFixed(2),
        data: {...margin, rows: margin.in_run
            ? [...named(margin.rows, start), ...named(margin.in_run, 'least in the run')] : margin.rows},
        note: 'What each direction of a link receives over what its receiver needs, worst lane.' +
            (margin.in_run ? `${fromStart ? beforeFaults(result) + ' And' : ' As built, and'} the least during the ` +
                `run: faults took margin from ${readableNumber(degraded)} of them.` : beforeFaults(result) +
            (result.fault_rows && degraded === 0 && !fromStart ? ' None of them took margin from any.' : '')),
    });
}

// -- Budget of a link

/** In the order of the light: what is sent, losses, what is received, penalties, what the receiver needs. */
function budgetSteps(budget) {
    const end = (name) => budget.terms.find((term) => term.name === name);
    const between = budget.terms.filter(({name}) => !['transmitter', 'sensitivity'].includes(name));
    const received = {name: 'received', column: 'received_dbm', worst: budget.worst_received_dbm,
        median: budget.median_received_dbm};
    return [end('transmitter'), ...between.filter(({penalty}) => !penalty), received,
        ...between.filter(({penalty}) => penalty), end('sensitivity')];
}

const isLevel = ({column}) => column.endsWith('_dbm');

/** Where each bar begins and ends: levels stand, losses take away, and what they leave is the margin. */
function waterfallBars(budget) {
    const bars = [];
    let at = 0;
    for (const step of budgetSteps(budget)) {
        if (isLevel(step)) {
            bars.push({name: step.name, level: step.worst});
            if (step.name !== 'sensitivity') at = step.worst;
        } else if (step.worst !== 0) {
            bars.push({name: step.name, from: at, to: at - step.worst, amount: step.worst});
            at -= step.worst;
        }
    }
    bars.push({name: 'margin', from: bars.at(-1).level, to: at, amount: budget.worst_margin_db, isMargin: true});
    return bars;
}

const barText = (bar) => 'level' in bar ? level(bar.level) : bar.isMargin ? decibel(bar.amount) : loss(bar.amount);

function waterfallOption(theme, budget) {
    const bars = waterfallBars(budget);
    const ends = bars.flatMap((bar) => 'level' in bar ? [bar.level] : [bar.from, bar.to]);
    const low = Math.floor(Math.min(...ends) - 1), high = Math.ceil(Math.max(...ends));
    const fill = (bar) => bar.isMargin ? (bar.amount < 0 ? theme.bad : theme.good)
        : PALETTE[theme.name]['level' in bar ? 0 : bar.amount < 0 ? 2 : 6];
    const renderItem = (_, api) => {
        const row = api.value(0), bar = bars[row];
        const [from, to] = 'level' in bar ? [low, bar.level] : [bar.from, bar.to];
        const [x0, y] = api.coord([Math.min(from, to), row]), [x1] = api.coord([Math.max(from, to), row]);
        const thick = api.size([0, 1])[1] * 0.62;
        return {type: 'group', children: [
            {type: 'rect', shape: {x: x0, y: y - thick / 2, width: Math.max(x1 - x0, 2), height: thick},
                style: {fill: fill(bar)}},
            {type: 'text', style: {text: barText(bar), x: x1 + 6, y, fill: theme.ink, verticalAlign: 'middle',
                font: `12px ${theme.font}`}},
        ]};
    };
    return base(theme, {
        grid: {left: 96, right: 84, top: 12, bottom: 48},  // on the right the last label
        tooltip: {formatter: ({dataIndex}) => `${bars[dataIndex].name}: ${barText(bars[dataIndex])}`},
        xAxis: axis(theme, 'power, dBm', {type: 'value', min: low, max: high, nameGap: 28}),
        yAxis: axis(theme, '', {type: 'category', inverse: true, data: bars.map((bar) => bar.name),
            axisLabel: {color: theme.ink, interval: 0}}),
        series: [{type: 'custom', renderItem, data: bars.map((_, row) => [row, low, high]), clip: false,
            encode: {x: [1, 2], y: 0}}],
    });
}

function budgetChart(result, budget) {
    const row = ({name, column, worst, median}, show) => [name,
        ...[[budget.worst_link, worst], [budget.median_link, median]].map(([link, value]) =>
            cell(show(value), value, `optics/links/${column}[${link}]`))];
    return {
        title: `Budget of ${budget.tier}`,
        note: `The worst of ${readableNumber(budget.links)} directions: ${budget.worst_sender}. ` +
            'Losses and penalties come off the power sent; what is left over the sensitivity is the margin.' +
            beforeFaults(result),
        height: 72 + 30 * waterfallBars(budget).length,
        option: (theme) => waterfallOption(theme, budget),
        table: {
            caption: `Budget of ${budget.tier}, worst lane`,
            head: ['term', 'worst link', 'median link'],
            rows: [
                ...budgetSteps(budget).map((step) => row(step, isLevel(step) ? level : loss)),
                row({name: 'margin', column: 'margin_db', worst: budget.worst_margin_db,
                    median: budget.median_margin_db}, decibel),
            ],
        },
    };
}

// -- What happened when

const range = (first, last) => first === last ? `${first}` : `${first} - ${last}`;

/** Lanes from top to bottom: collectives by group, then faults. */
function timelineLanes(result) {
    const lanes = [], bars = [];
    for (const bar of result.collectives ?? []) {
        lanes[bar.lane] ??= `group ${range(bar.first_group, bar.last_group)}`;
        bars.push({lane: bar.lane, from: bar.start_ps, to: bar.end_ps, kind: 'collective', n: bar.first_iteration,
            text: `${lanes[bar.lane]}, iteration ${range(bar.first_iteration, bar.last_iteration)}`});
    }
    for (const fault of (result.faults ?? []).slice(0, 16)) {
        if (fault.from_ps < 0) continue;
        bars.push({lane: lanes.length, from: fault.from_ps, to: fault.to_ps, kind: 'fault',
            text: `fault.${fault.fault} (${fault.kind})`});
        lanes.push(`fault.${fault.fault}`);
    }
    return {lanes, bars};
}

const EVENT_SYMBOLS = {fault: 'triangle', detected: 'circle', rerouted: 'diamond', repaired: 'rect',
    flow_failed: 'pin'};

/** Of one that gave up the flow, of all others the fault. */
const subjectOf = ({kind, subject}) => `${kind === 'flow_failed' ? 'flow ' : 'fault.'}${subject}`;

function eventSeries(theme, result, laneOf) {
    const kinds = [...new Set((result.events ?? []).map((event) => event.kind))];
    return kinds.map((kind, n) => ({
        name: kind, type: 'scatter', symbol: EVENT_SYMBOLS[kind] ?? 'circle', symbolSize: 10,
        itemStyle: {color: PALETTE[theme.name][(n + 3) % 7], borderColor: theme.surface, borderWidth: 1},
        data: result.events.filter((event) => event.kind === kind).map((event) => ({
            value: [event.time_ps, laneOf(event)],
            name: `${kind} at ${duration(event.time_ps)}, ${subjectOf(event)}`,
        })).filter(({value}) => value[1] >= 0),
    }));
}

function timelineOption(theme, result, end) {
    const {lanes, bars} = timelineLanes(result);
    const laneOf = (event) => event.kind === 'flow_failed' ? 0 : lanes.indexOf(`fault.${event.subject}`);
    const renderItem = (_, api) => {
        const bar = bars[api.value(0)];
        const [x0, y] = api.coord([bar.from, bar.lane]), [x1] = api.coord([bar.to < 0 ? end : bar.to, bar.lane]);
        const thick = Math.min(api.size([0, 1])[1] * 0.7, 18);
        const color = bar.kind === 'fault' ? theme.bad : PALETTE[theme.name][bar.n % 2 === 0 ? 0 : 5];
        return {type: 'rect', shape: {x: x0, y: y - thick / 2, width: Math.max(x1 - x0, 2), height: thick},
            style: {fill: color, opacity: bar.kind === 'fault' ? 0.75 : 1}};
    };
    return base(theme, {
        legend: legend(theme),
        grid: {left: 92, right: 28, top: 40, bottom: 60},
        tooltip: {formatter: ({seriesType, dataIndex, name}) => seriesType === 'custom'
            ? `${bars[dataIndex].text}\n${duration(bars[dataIndex].from)} to ${orTheEnd(bars[dataIndex].to)}` : name},
        dataZoom: [{type: 'slider', height: 16, bottom: 8, showDataShadow: false, filterMode: 'weakFilter',
            labelFormatter: timeTick, textStyle: {color: theme.muted}}],
        xAxis: axis(theme, '', {type: 'value', min: 0, max: end,
            axisLabel: {formatter: timeTick, showMaxLabel: false}}),
        yAxis: axis(theme, '', {type: 'category', inverse: true, data: lanes, axisLabel: {interval: 'auto'}}),
        series: [
            {type: 'custom', renderItem, clip: true, encode: {x: [1, 2], y: 3},
                data: bars.map((bar, n) => [n, bar.from, bar.to < 0 ? end : bar.to, bar.lane])},
            ...eventSeries(theme, result, laneOf),
        ],
    });
}

function timelineChart(result) {
    const {lanes, bars} = timelineLanes(result);
    const end = Math.max(figureOf(result, 'summary/end_ps') ?? 0, ...bars.map((bar) => Math.max(bar.from, bar.to)));
    return {
        title: 'What happened when',
        note: 'Collectives one shade per iteration; faults from where they first began to where they last ended.',
        height: 116 + 24 * lanes.length,
        option: (theme) => timelineOption(theme, result, end),
        table: {
            caption: 'Collectives and faults',
            head: ['', 'from', 'to', 'takes'],
            rows: bars.map((bar) => [bar.text, cell(duration(bar.from), bar.from),
                cell(orTheEnd(bar.to), bar.to), bar.to < 0 ? '-' : duration(bar.to - bar.from)]),
        },
    };
}

/** A scalar of the file; undefined if it has none. */
const figureOf = (result, path) => result.figures.find((figure) => figure.path === path)?.value;
