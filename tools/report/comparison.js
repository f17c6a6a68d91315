// Several results beside each other: the figures that every comparison shows, each as a ratio to the first result,
// and the tails in one chart. Not here: verdicts and gates (`lightloom compare`).
'use strict';

const tailOf = (name, key) => (result) => result.distributions.find((curve) => curve.name === name)?.quantiles[key];

const COMPARED = [
    ['completion', 'ps', (result) => figureOf(result, 'summary/completion_ps')],
    ['packet latency, p50', 'ps', tailOf('packet_latency', 'p50')],
    ['packet latency, p99', 'ps', tailOf('packet_latency', 'p99')],
    ['packet latency, p99.9', 'ps', tailOf('packet_latency', 'p99_9')],
    ['packet latency, p99.99', 'ps', tailOf('packet_latency', 'p99_99')],
    ['packet jitter, p99.9', 'ps', tailOf('packet_jitter', 'p99_9')],
    ['flow completion, p99', 'ps', tailOf('flow_completion', 'p99')],
    ['bus bandwidth', 'byte/s', (result) => figureOf(result, 'summary/bus_bandwidth')],
    ['straggler ratio', '1', (result) => figureOf(result, 'summary/straggler_ratio')],
    ['worst margin', 'dB', (result) => figureOf(result, 'summary/worst_margin_db')],
    ['frames lost', '1', (result) => figureOf(result, 'summary/frames_lost')],
    ['frames dropped', '1', (result) => figureOf(result, 'summary/frames_dropped')],
    ['packets sent again', '1', (result) => figureOf(result, 'summary/retransmissions')],
];
const isFigure = (value) => value !== undefined && value !== null;
/** Decibels are a ratio already, and a ratio to nothing is none. */
const ratioTo = (value, first, units) =>
    isFigure(value) && isFigure(first) && first > 0 && units !== 'dB' ? value / first : null;

function comparedRows(results) {
    return COMPARED.map(([name, units, of]) => ({name, units, values: results.map(of)}))
        .filter(({values}) => values.some(isFigure));
}

function comparisonTable(results, rows) {
    return {
        caption: 'Figures, and ratios to the first',
        head: ['', ...results.map(shortName)],
        rows: [
            ['verdict', ...results.map((result) => result.verdict.word)],
            ...rows.map(({name, units, values}) => [name, ...values.map((value, n) => {
                if (!isFigure(value)) return '-';
                const times = n > 0 ? ratioTo(value, values[0], units) : null;
                return cell(readable(value, units) + (times === null ? '' : ` (x ${times.toPrecision(4)})`), value);
            })]),
        ],
    };
}

function ratioChart(results) {
    const rows = comparedRows(results);
    const shown = rows.filter(({values, units}) => values.every((value) => ratioTo(value, values[0], units) > 0));
    return {
        title: 'Against the first', wide: results.length > 2,
        height: 110 + shown.length * (14 + Math.max(24, 5 * results.length)),
        note: `Each figure over that of ${shortName(results[0])}, on a logarithmic axis: to the right is more.`,
        option: (theme) => base(theme, {
            legend: legend(theme),
            aria: {enabled: true, decal: {show: results.length > 2}, label: {enabled: false}},
            grid: {left: 150, right: 32, top: 44, bottom: 48},
            tooltip: {formatter: ({seriesName, value, name}) =>
                `${seriesName}: ${name} x ${(2 ** value).toPrecision(4)}`},
            xAxis: axis(theme, 'ratio', {type: 'value', nameGap: 28,
                axisLabel: {formatter: (log) => Number((2 ** log).toPrecision(3))}}),
            yAxis: axis(theme, '', {type: 'category', inverse: true, data: shown.map(({name}) => name),
                axisLabel: {color: theme.ink, interval: 0}}),
            series: results.slice(1).map((result, n) => ({
                name: shortName(result), type: 'bar',
                data: shown.map(({values}) => Math.log2(values[n + 1] / values[0])),
            })),
        }),
        table: comparisonTable(results, rows),
    };
}

function comparisonSection(results) {
    const figures = [figure(ratioChart(results))];
    for (const name of ['packet_latency', 'flow_completion']) {
        const curves = results.map((result) => ({name: shortName(result),
            curve: result.distributions.find((curve) => curve.name === name)})).filter(({curve}) => curve);
        if (curves.length > 0) {
            const title = distributionName(name);
            figures.push(figure(tailChart(title[0].toUpperCase() + title.slice(1), curves)));
        }
    }
    return section('comparison', 'Comparison', figures);
}

/** Which result the sections below are of. */
function resultChoice(results, chosen, onChange) {
    return el('p', {class: 'which'}, el('label', {for: 'which'}, 'Result: '),
        el('select', {id: 'which', change: ({target}) => {
            onChange(Number(target.value));
            document.getElementById('which').focus();
        }}, results.map((result, n) => el('option', {value: n, selected: n === chosen ? '' : null},
            `${shortName(result)}: ${result.title}`))));
}
