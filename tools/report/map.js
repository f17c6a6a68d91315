// The fabric as a map: rows of nodes with the cables between them, and the same as a matrix for each tier, where the
// lines would hide each other. Both are coloured by one measure; the worst links stand beside, by name.
'use strict';

const SHADES = {
    light: ['#D5E3EF', '#8FB8D8', '#4A8FC2', '#15629F', '#062F5F'],
    dark: ['#1C3D5C', '#24659E', '#3F9BD6', '#8FD0F5', '#F4FBFF'],
};
const LAYERS = ['scale-up', 'server', 'leaf', 'spine', 'core'];  // from the bottom

const within = ({least, most}, value) => most > least ? (value - least) / (most - least) : 0.5;

/**
 * Colours span what the fabric has: `of` is the figure that is scaled, null of what has no such thing; share: from 0,
 * nothing to see, to 1, the worst; bad: past a limit that has a meaning.
 */
const MEASURES = {
    utilisation: {
        label: 'utilisation',
        note: 'share of the run that the busiest direction was sending',
        text: (line) => percent(line.utilisation),
        of: (line) => line.utilisation,
        share: (line, span) => within(span, line.utilisation),
        bad: () => false,
        ends: ({least, most}) => [percent(least), percent(most)],
        order: (link) => -link.utilisation,
    },
    margin: {
        label: 'margin',
        note: 'least margin of the cables, with what faults took; red where a budget does not close',
        text: (line) => decibel(line.margin_db),
        of: (line) => line.margin_db,
        share: (line, span) => line.margin_db === null ? null : 1 - within(span, line.margin_db),
        bad: (line) => line.margin_db !== null && line.margin_db < 0,
        ends: ({least, most}) => [decibel(most), decibel(least)],
        order: (link) => link.least_margin_db ?? link.margin_db ?? Infinity,
    },
    loss: {
        label: 'loss',
        note: 'share of frames lost on the link, on a logarithmic scale; grey lost none',
        text: (line) => `${readableNumber(line.frames_lost)} of ${readableNumber(line.frames_sent)} frames lost`,
        of: (line) => line.frames_lost > 0 ? Math.log10(line.frames_lost / line.frames_sent) : null,
        share: (line, span) => line.frames_lost > 0 ? 0.3 + 0.7 * within(span, MEASURES.loss.of(line)) : null,
        bad: () => false,
        ends: ({least, most}) => isFinite(most) ? [percent(10 ** least), percent(10 ** most)] : ['none', 'none'],
        order: (link) => link.frames_lost > 0 ? -link.frames_lost : Infinity,
    },
};

function shade(theme, share) {
    const steps = SHADES[theme.name], at = share * (steps.length - 1), n = Math.min(Math.floor(at), steps.length - 2);
    return echarts.color.lerp(at - n, [steps[n], steps[n + 1]]);
}

/** Lines as objects, the measures that this fabric has, and the range of each. */
function readMap(map) {
    const lines = map.tier.map((tier, n) => ({
        tier, lower: map.lower[n], upper: map.upper[n], cables: map.cables[n], margin_db: map.margin_db[n],
        utilisation: map.utilisation?.[n], frames_sent: map.frames_sent?.[n], frames_lost: map.frames_lost?.[n],
    }));
    const measures = Object.keys(MEASURES).filter((name) =>
        name === 'margin' ? map.margin_db.some((margin) => margin !== null) : map.utilisation);
    const spans = Object.fromEntries(measures.map((name) => [name, spanOf(lines.map(MEASURES[name].of))]));
    return {lines, spans, measures, ...placesOf(map)};
}

function spanOf(values) {
    const figures = values.filter(isFigure);
    return {least: Math.min(...figures), most: Math.max(...figures)};
}

/** What the verdict speaks of: what is not well is to be seen first. */
function firstMeasure(map, verdict) {
    if (verdict.word === 'PASS' || verdict.word === 'PARTIAL') return map.measures[0];
    const hasLost = map.lines.some((line) => line.frames_lost > 0);
    const isClosed = !map.lines.some((line) => line.margin_db < 0 && line.margin_db !== null);
    const wanted = hasLost && isClosed ? 'loss' : 'margin';
    return map.measures.includes(wanted) ? wanted : map.measures[0];
}

/** Where each place stands: x in its row, y by kind. */
function placesOf(map) {
    const kinds = map.kinds.map((name, kind) => ({name, kind})).filter(({kind}) => map.kind.includes(kind))
        .sort((a, b) => LAYERS.indexOf(a.name) - LAYERS.indexOf(b.name));
    const places = map.places.map((name, n) => ({name, kind: map.kind[n], nodes: map.nodes[n]}));
    kinds.forEach(({kind}, y) => {
        const row = places.filter((place) => place.kind === kind);
        row.forEach((place, n) => Object.assign(place, {x: (n + 0.5) / row.length, y}));
    });
    return {places, kinds};
}

/** Of two lines the one with less margin; copper has none. */
const worseLine = (a, b) => (b.margin_db ?? Infinity) < (a.margin_db ?? Infinity) ? b : a;

function colour(theme, map, measure, line) {
    if (MEASURES[measure].bad(line)) return theme.bad;
    const share = MEASURES[measure].share(line, map.spans[measure]);
    return share === null ? theme.rule : shade(theme, share);
}

const lineText = (map, line, measure) => `${map.places[line.lower].name} - ${map.places[line.upper].name}\n` +
    `${readableNumber(line.cables)} ${line.cables === 1 ? 'cable' : 'cables'}, ${MEASURES[measure].text(line)}`;

function mapOption(theme, map, tiers, measure) {
    const badness = (line) => MEASURES[measure].bad(line) ? 2 : MEASURES[measure].share(line, map.spans[measure]) ?? -1;
    const lines = [...map.lines].sort((a, b) => badness(a) - badness(b));
    const at = (place) => [map.places[place].x, map.places[place].y];
    const width = lines.length > 600 ? 1 : lines.length > 120 ? 1.5 : 2.5;
    return base(theme, {
        grid: {left: 72, right: 20, top: 20, bottom: 20},
        tooltip: {formatter: ({seriesType, dataIndex, name}) => seriesType === 'lines'
            ? `${tiers[lines[dataIndex].tier]}\n${lineText(map, lines[dataIndex], measure)}` : name},
        xAxis: {type: 'value', min: 0, max: 1, show: false},
        yAxis: axis(theme, '', {type: 'value', min: -0.25, max: map.kinds.length - 0.75, interval: 1, show: false}),
        series: [
            {type: 'lines', coordinateSystem: 'cartesian2d', silent: false, data: lines.map((line) => ({
                coords: [at(line.lower), at(line.upper)],
                lineStyle: {
                    color: colour(theme, map, measure, line), opacity: 0.9,
                    width: width * (badness(line) > 0.75 ? 1.6 : 1),
                    curveness: map.places[line.lower].y === map.places[line.upper].y ? 0.3 : 0,
                },
            }))},
            {type: 'scatter', symbol: 'roundRect', symbolSize: map.places.length > 90 ? 7 : 11,
                itemStyle: {color: theme.ink}, data: map.places.map((place) => ({
                    value: [place.x, place.y],
                    name: place.nodes > 1 ? `${place.name}: ${place.nodes} nodes` : place.name,
                }))},
            {type: 'scatter', symbolSize: 0.1, silent: true,
                data: map.kinds.map(({name}, y) => ({value: [0, y], name})),
                label: {show: true, position: 'left', distance: 8, formatter: '{b}', color: theme.ink}},
        ],
    });
}

const ends = (map, tier, end) => [...new Set(map.lines.filter((line) => line.tier === tier)
    .map((line) => line[end]))].sort((a, b) => a - b);

const MATRIX = {top: 12, bottom: 84, row: 18, label: 15};
/** Of the tier that has most rows: each has a label where there is room. */
function matrixHeight(map) {
    const rows = Math.max(...new Set(map.lines.map(({tier}) => ends(map, tier, 'lower').length)));
    return MATRIX.top + MATRIX.bottom + Math.min(Math.max(rows * MATRIX.row, 200), 720);
}

function matrixOption(theme, map, tier, measure) {
    const lines = map.lines.filter((line) => line.tier === tier);
    const rows = ends(map, tier, 'lower'), columns = ends(map, tier, 'upper');
    const each = (matrixHeight(map) - MATRIX.top - MATRIX.bottom) / rows.length;
    const numbered = (places) => new Map(places.map((place, n) => [place, n]));
    const rowOf = numbered(rows), columnOf = numbered(columns);
    const renderItem = (_, api) => {
        const [x, y] = api.coord([api.value(0), api.value(1)]), [w, h] = api.size([1, 1]);
        return {type: 'rect', style: {fill: colour(theme, map, measure, lines[api.value(2)])},
            shape: {x: x - w / 2, y: y - h / 2, width: Math.max(w - 1, 1), height: Math.max(h - 1, 1)}};
    };
    const names = (places) => places.map((place) => map.places[place].name);
    return base(theme, {
        grid: {left: 100, right: 20, top: MATRIX.top, bottom: MATRIX.bottom, outerBoundsMode: 'none'},
        tooltip: {formatter: ({dataIndex}) => lineText(map, lines[dataIndex], measure)},
        xAxis: axis(theme, '', {type: 'category', data: names(columns), axisLabel: {rotate: 45}}),
        yAxis: axis(theme, '', {type: 'category', inverse: true, data: names(rows),
            axisLabel: {interval: Math.max(Math.ceil(MATRIX.label / each) - 1, 0)}}),
        series: [{type: 'custom', renderItem, encode: {x: 0, y: 1},
            data: lines.map((line, n) => [columnOf.get(line.upper), rowOf.get(line.lower), n])}],
    });
}

/** Those that have cables. */
const tiersOf = (map, tiers) => tiers.map((name, tier) => ({name, tier}))
    .filter(({tier}) => map.lines.some((line) => line.tier === tier));

/** What the lines of each tier come to: the map in figures. */
function tierRows(map, tiers) {
    return tiersOf(map, tiers).map(({name, tier}) => {
        const lines = map.lines.filter((line) => line.tier === tier);
        const margins = lines.map((line) => line.margin_db).filter((margin) => margin !== null);
        const sum = (key) => lines.reduce((total, line) => total + line[key], 0);
        const row = [name, cell(readableNumber(sum('cables')), sum('cables'))];
        row.push(margins.length ? cell(decibel(Math.min(...margins)), Math.min(...margins)) : '-');
        if (lines.some((line) => line.utilisation !== undefined)) {
            const busiest = Math.max(...lines.map((line) => line.utilisation));
            row.push(cell(percent(busiest), busiest), cell(readableNumber(sum('frames_sent')), sum('frames_sent')),
                cell(readableNumber(sum('frames_lost')), sum('frames_lost')));
        }
        return row;
    });
}

const LINK_COLUMNS = [
    ['margin_db', 'margin as built', decibel, 'optics/links'],
    ['least_margin_db', 'least in the run', decibel, 'ports'],
    ['pre_fec_ber', 'bit errors as built', ratio, 'optics/links'],
    ['utilisation', 'busy', percent, 'ports'], ['frames_lost', 'lost', readableNumber, 'ports'],
    ['frames_dropped', 'dropped', readableNumber, 'ports'], ['deepest_queue_bytes', 'deepest queue', bytes, 'ports'],
    ['paused_ps', 'paused', duration, 'ports'],
];

/** The worst links by one measure; a path into /ports names the direction, whose row is another. */
function worstLinks(links, measure, most) {
    const {order, label} = MEASURES[measure];
    const sorted = links.filter((link) => isFinite(order(link))).sort((a, b) => order(a) - order(b)).slice(0, most);
    const columns = LINK_COLUMNS.filter(([key]) => links.some((link) => key in link));
    return {
        caption: `The worst links by ${label}`,
        head: ['sender', 'tier', ...columns.map(([, name]) => name)],
        rows: sorted.map((link) => [link.sender, link.tier, ...columns.map(([key, , show, group]) =>
            cell(show(link[key]), link[key] ?? undefined, `${group}/${key}[direction ${link.direction}]`))]),
    };
}
