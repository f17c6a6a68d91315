// What ports were doing over time: three panels on one axis of time, with the faults of the run marked on it.
// Not here: what all charts have in common (charts.js), the figures (tools/lightloom/report_series.cpp).
'use strict';

/** Steps that are powers of two, as bytes are counted. */
function binaryScale(most) {
    const interval = 2 ** Math.ceil(Math.log2(Math.max(most, 4) / 4));
    return {interval, max: interval * Math.ceil(Math.max(most, 1) / interval)};
}

const PANELS = [
    {key: 'utilisation', name: 'time busy', show: percent, tick: percentTick, of: (value) => value,
        scale: () => ({max: 1, interval: 0.25})},
    {key: 'queue_bytes', name: 'queue', show: (count) => bytes(Math.round(count)), tick: bytes, of: (value) => value,
        scale: binaryScale},
    {key: 'paused_ps', name: 'time paused', show: percent, tick: percentTick,
        of: (value, series) => value / series.interval_ps, scale: () => ({splitNumber: 3})},
];
const STATISTICS = [['mean', 'mean'], ['p99', 'p99'], ['max', 'greatest']];
const PANEL = {height: 130, gap: 34, top: 62};

/** Those in which anything happened: a fabric without flow control has no pauses to show. */
const panelsOf = (series) => PANELS.filter(({key}, n) => n === 0 || series[key].max.some((value) => value > 0));

const MOST_MARKS = 12;
const MARKED = {fault: 'dashed', repaired: 'dotted'};

/** Where faults began and ended, as lines across a panel; named in the first one. */
function faultMarks(theme, result, isFirst) {
    const events = (result.events ?? []).filter(({kind}) => kind in MARKED).slice(0, MOST_MARKS);
    return {
        symbol: 'none', silent: true,
        data: events.map((event) => ({
            xAxis: event.time_ps,
            lineStyle: {color: theme.bad, type: MARKED[event.kind], width: 1.5},
            label: {show: isFirst && event.kind === 'fault', formatter: subjectOf(event), color: theme.bad,
                position: 'end', distance: 5},
        })),
    };
}

function seriesLines(theme, result, panel, n) {
    const {series} = result;
    const line = (name, values, look, more) => ({
        name, type: 'line', xAxisIndex: n, yAxisIndex: n, showSymbol: values.length < 3, sampling: 'none',
        lineStyle: {width: look < 3 ? 2 : 1.25, type: DASHES[look]}, itemStyle: {color: PALETTE[theme.name][look]},
        data: series.time_ps.map((time, i) => [time, panel.of(values[i], series)]), ...more,
    });
    return [
        ...STATISTICS.map(([key, name], i) => line(name, series[panel.key][key], i,
            i === 0 ? {markLine: faultMarks(theme, result, n === 0)} : {})),
        ...series.busiest.map((port, i) => line(port.name, port[panel.key], STATISTICS.length + i)),
    ];
}

function seriesOption(theme, result) {
    const {series} = result;
    const panels = panelsOf(series);
    const end = Math.max(figureOf(result, 'summary/end_ps') ?? 0, series.time_ps.at(-1));
    const isLast = (n) => n === panels.length - 1;
    return base(theme, {
        legend: lineLegend(theme),
        axisPointer: {link: [{xAxisIndex: 'all'}]},
        tooltip: {
            trigger: 'axis', order: 'seriesAsc',
            formatter: (points) => [duration(points[0].value[0]), ...points.map(({seriesName, seriesIndex, value}) => {
                const panel = panels[Math.floor(seriesIndex / (STATISTICS.length + series.busiest.length))];
                return `${panel.name}, ${seriesName}: ${panel.show(value[1])}`;
            })].join('\n'),
        },
        grid: panels.map((_, n) => ({left: 96, right: 28, height: PANEL.height, outerBoundsMode: 'none',
            top: PANEL.top + n * (PANEL.height + PANEL.gap)})),
        dataZoom: [{type: 'slider', height: 16, bottom: 8, showDataShadow: false, filterMode: 'none',
            xAxisIndex: panels.map((_, n) => n), labelFormatter: timeTick,
            textStyle: {color: theme.muted}}],
        xAxis: panels.map((_, n) => axis(theme, '', {type: 'value', min: 0, max: end, gridIndex: n,
            axisLabel: {show: isLast(n), formatter: timeTick, showMaxLabel: false}})),
        yAxis: panels.map((panel, n) => axis(theme, panel.name, {type: 'value', min: 0, gridIndex: n, nameGap: 70,
            axisLabel: {formatter: panel.tick}, ...panel.scale(Math.max(...series[panel.key].max))})),
        series: panels.flatMap((panel, n) => seriesLines(theme, result, panel, n)),
    });
}

/** A row per point: of each panel mean, p99 and greatest. */
function seriesTable({series}) {
    const panels = panelsOf(series);
    return {
        caption: `Over the ${readableNumber(series.ports)} sampled ports`,
        head: ['until', ...panels.flatMap(({name}) => STATISTICS.map(([, which]) => `${name}, ${which}`))],
        rows: series.time_ps.map((time, i) => [duration(time), ...panels.flatMap((panel) =>
            STATISTICS.map(([key]) => {
                const value = panel.of(series[panel.key][key][i], series);
                return cell(panel.show(value), value);
            }))]),
    };
}

const busiestTable = ({series}) => ({
    caption: 'The busiest of them',
    head: ['port', ...panelsOf(series).flatMap(({name}) => [`${name}, mean`, `${name}, greatest`])],
    rows: series.busiest.map((port) => [port.name, ...panelsOf(series).flatMap((panel) => {
        const values = port[panel.key].map((value) => panel.of(value, series));
        const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
        return [mean, Math.max(...values)].map((value) => cell(panel.show(value), value));
    })]),
});

function seriesChart(result) {
    const {series} = result;
    const each = series.samples_a_point === 1 ? '' : `; a point stands for ${series.samples_a_point} of them`;
    return {
        title: 'Utilisation and queues over time',
        note: `${readableNumber(series.samples)} samples, one every ${duration(series.interval_ps)}${each}. ` +
            'Over all sampled ports, and the three that were busy longest.' +
            ((result.events ?? []).some(({kind}) => kind in MARKED)
                ? ' Faults begin at dashed lines and end at dotted ones.' : ''),
        height: PANEL.top + panelsOf(series).length * (PANEL.height + PANEL.gap) + 36,
        wide: true,
        option: (theme) => seriesOption(theme, result),
        table: seriesTable(result),
    };
}
