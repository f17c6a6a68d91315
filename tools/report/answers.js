// What a scenario asks, answered in tables as the result file has them: gates, jobs, sizes of a sweep, a step of
// training, the bill. Not here: several results beside each other (comparison.js).
'use strict';

const positive = (show) => (value) => value > 0 ? show(value) : '-';

/**
 * A table of the file. @param columns [[name in the file, heading, show]], of which absent ones are left out; `show`
 * says "-" where there is no such figure, and {words} where the number stands for something
 */
function answerTable(result, group, caption, columns) {
    const {rows, columns: values} = result.tables[group];
    const shown = columns.filter(([key]) => key in values);
    const count = values[shown[0][0]].length;
    const content = ([key, , show = String], row) => {
        const value = values[key][row];
        if (typeof value !== 'number') return value ?? '-';
        const text = show(value);
        return text === '-' || text.words ? text.words ?? text : cell(text, value, `${group}/${key}[${row}]`);
    };
    return {
        caption: rows > count ? `${caption}, the first ${count} of ${readableNumber(rows)}` : caption,
        head: shown.map(([, heading]) => heading),
        rows: Array.from({length: count}, (_, row) => shown.map((column) => content(column, row))),
    };
}

/** Figures of the file, one below the other. @param rows [[path, name, show, remark]] */
function figureTable(result, caption, rows) {
    const found = rows.map((row) => [figureOf(result, row[0]), ...row]).filter(([value]) => isFigure(value));
    return tableElement({
        caption, head: null,
        rows: found.map(([value, path, name, show, remark]) => [name, cell(show(value), value, path), remark ?? '']),
    });
}

// -- Gates

/** What compare says of a gate, with a sign beside the word. */
const GATE_STATES = {green: '✓ green', red: '✗ RED', undecided: '? undecided: assumed figures decide'};

const gateRow = (row) => [
    row.gate, GATE_STATES[row.state],
    row.is_measured ? cell(readable(row.value, row.units), row.value) : 'not measured',
    cell(readable(row.bound, row.units), row.bound)];

function gatesTable(result) {
    return result.gates.length === 0 ? null : tableElement({
        caption: 'Requirements: the gates of the scenario that made this result, as it was then ([question])',
        head: ['requirement', 'state', 'is', 'bound'],
        rows: result.gates.map(gateRow),
    });
}

// -- Jobs and their messages

const JOB_COLUMNS = [
    ['name', 'job'], ['kind', 'kind'], ['gpus', 'GPUs', readableNumber], ['start_ps', 'start', duration],
    ['completion_ps', 'completed in', orDash], ['alone_ps', 'alone', orDash],
    ['slowdown', 'slowdown', positive(measured)], ['bus_bandwidth', 'bus bandwidth', positive(byteRate)],
    ['straggler_ratio', 'straggler ratio', positive(measured)], ['step_ps', 'training step', positive(duration)],
    ['flops_utilisation', 'MFU', positive(percent)], ['flows_failed', 'flows failed', readableNumber],
    ['retransmissions', 'packets sent again', readableNumber],
];

function jobsSection(result) {
    const {jobs, job_waits: waits, replay_ranks: ranks, message_sizes: sizes} = result.tables;
    const content = [];
    const jobColumn = ['job', 'job', (job) => ({words: jobs?.columns.name[job] ?? `job ${job}`})];
    if (jobs && (jobs.rows > 1 || 'slowdown' in jobs.columns)) {
        content.push(tableElement(answerTable(result, 'jobs', 'Jobs', JOB_COLUMNS)));
        if ('slowdown' in jobs.columns)
            content.push(el('p', {class: 'note'}, 'Slowdown: time to complete over that of the job alone on the ' +
                'fabric, in the same place.'));
    }
    if (waits) content.push(tableElement(answerTable(result, 'job_waits', 'What ranks wait for, of a step', [
        jobColumn, ['kind', 'wait', (words) => words], ['mean_ps', 'mean of the ranks', duration],
        ['worst_ps', 'worst rank', duration], ['worst', 'which GPU', readableNumber]])));
    if (ranks) content.push(tableElement(answerTable(result, 'replay_ranks', 'Ranks of a replay', [
        jobColumn, ['rank', 'rank', readableNumber], ['endpoint', 'GPU', readableNumber],
        ['end_ps', 'done after', orDash], ['computing_ps', 'computation', duration],
        ['exposed_ps', 'exposed communication', orDash]])));
    if (sizes) content.push(tableElement(answerTable(result, 'message_sizes', 'Messages, from release to delivery', [
        jobColumn,
        ['largest_bytes', 'size', (most) => most > 0 ? `to ${roundBytes(most)}`
            : {words: most < 0 ? 'larger' : 'all'}],
        ['messages', 'messages', readableNumber], ['delivered', 'delivered', readableNumber],
        ['mean_ps', 'mean', positive(duration)], ['p50_ps', 'p50', positive(duration)],
        ['p99_ps', 'p99', positive(duration)], ['p99_9_ps', 'p99.9', positive(duration)],
        ['max_ps', 'max', positive(duration)], ['mean_slowdown', 'mean slowdown', measured],
        ['p99_slowdown', 'p99 slowdown', measured]])));
    return content.length ? section('jobs', 'Jobs', content) : null;
}

// -- Sizes, as nccl-tests lists them

function sizesChart(result) {
    const sizes = result.tables.sizes.columns;
    const line = (theme, name, key, n) => ({
        name, type: 'line', symbolSize: 6, lineStyle: {width: 2, type: dashOf(n)},
        itemStyle: {color: PALETTE[theme.name][n]},
        data: sizes.bytes.map((size, row) => sizes.time_ps[row] < 0 ? null : [size, sizes[key][row]]),
    });
    return {
        title: 'Bandwidth by size',
        note: 'As nccl-tests defines it: of algorithm bandwidth size over time, of bus bandwidth that times the ' +
            'factor of the collective.',
        height: 340, wide: true,
        option: (theme) => base(theme, {
            legend: lineLegend(theme),
            grid: {left: 84, right: 28, top: 44, bottom: 52},
            tooltip: {trigger: 'item', formatter: ({seriesName, value}) =>
                `${seriesName}, ${bytes(value[0])}: ${byteRate(value[1])}`},
            xAxis: axis(theme, 'size', {type: 'log', logBase: 2, nameGap: 30, axisLabel: {formatter: bytes}}),
            yAxis: axis(theme, '', {type: 'value', min: 0, axisLabel: {formatter: rateTick}}),
            series: [line(theme, 'bus bandwidth', 'bus_bandwidth', 0),
                line(theme, 'algorithm bandwidth', 'algorithm_bandwidth', 1)],
        }),
        table: answerTable(result, 'sizes', 'Sizes', [
            ['bytes', 'size', bytes], ['time_ps', 'time', orDash],
            ['algorithm_bandwidth', 'algorithm bandwidth', positive(byteRate)],
            ['bus_bandwidth', 'bus bandwidth', positive(byteRate)],
            ['straggler_ratio', 'straggler ratio', positive(measured)], ['ranks', 'ranks', readableNumber],
            ['algorithm', 'algorithm'], ['protocol', 'protocol'], ['channels', 'channels', readableNumber]]),
    };
}

const sizesSection = (result) => result.tables.sizes ? section('sizes', 'Sizes', figure(sizesChart(result))) : null;

// -- Training

const STEP_FIGURES = [
    ['training/step_ps', 'a step takes', duration], ['training/computing_ps', 'of it computation', duration],
    ['training/flops_utilisation', 'MFU', percent, "the model's operations over the GPUs' peak"],
    ['training/tokens_per_gpu_second', 'tokens per GPU and second', measured],
    ['training/straggler_ratio', 'straggler ratio', measured, 'computation of the slowest rank over the median rank'],
    ['training/steps', 'steps', readableNumber],
    ['training/checkpoints/slowed_step_ps', 'a step that meets a checkpoint', positive(duration)],
    ['training/checkpoints/clean_step_ps', 'a step without one', positive(duration)],
    ['training/checkpoints/effective_share', 'effective training time', percent],
];

function waitsChart(result, step) {
    const waits = result.tables['training/exposed'].columns;
    const share = (ps) => percent(step > 0 ? ps / step : null);
    const bars = [['mean rank', 'mean_ps'], ['worst rank', 'worst_ps']];
    return {
        title: 'What ranks wait for', height: 96 + 48 * waits.kind.length,
        note: 'In a step, while they compute nothing: communication of their groups, and bubbles of the pipeline.',
        option: (theme) => base(theme, {
            legend: legend(theme),
            aria: {enabled: true, decal: {show: true}, label: {enabled: false}},
            grid: {left: 96, right: 32, top: 40, bottom: 48},
            tooltip: {formatter: ({seriesName, name, value}) =>
                `${name}, ${seriesName}: ${duration(value)}, ${share(value)} of a step`},
            xAxis: axis(theme, 'of a step', {type: 'value', min: 0, nameGap: 28, axisLabel: {formatter: timeTick}}),
            yAxis: axis(theme, '', {type: 'category', inverse: true, data: waits.kind,
                axisLabel: {color: theme.ink, interval: 0}}),
            series: bars.map(([name, key]) => ({name, type: 'bar', data: waits[key]})),
        }),
        table: answerTable(result, 'training/exposed', 'What ranks wait for, of a step', [
            ['kind', 'wait'], ...bars.map(([name, key]) => [key, name, (ps) => `${duration(ps)} (${share(ps)})`]),
            ['worst', 'which is GPU', readableNumber]]),
    };
}

function trainingSection(result) {
    const step = figureOf(result, 'training/step_ps');
    if (step === undefined) return null;
    const computing = figureOf(result, 'training/computing_ps');
    const rows = STEP_FIGURES.map((row) => row[0] === 'training/computing_ps' && step > 0
        ? [...row, `${percent(computing / step)} of the step, at the busiest stage of the pipeline`] : row);
    const steps = result.tables['training/step'];
    return section('training', 'Training', figureTable(result, 'A step', rows),
        result.tables['training/exposed'] ? figure(waitsChart(result, step)) : null,
        steps?.rows > 1 ? tableElement(answerTable(result, 'training/step', 'Steps', [
            ['number', 'step', readableNumber], ['end_ps', 'ended at', duration],
            ['duration_ps', 'took', duration]])) : null);
}

// -- The bill

const between = (low, high, show) => low < high ? `${show(low)} to ${show(high)}, of assumed figures` : '';

function billSection(result) {
    const of = (name) => figureOf(result, `economics/${name}`);
    if (of('power_watt') === undefined) return null;
    const missing = of('lines_without_price');
    const total = (name, text, show) => [`economics/${name}`, text, show,
        between(of(`${name}_low`), of(`${name}_high`), show)];
    return section('bill', 'Power and price',
        figureTable(result, 'Switches, NICs, modules and cables', [
            total('power_watt', 'power', watts), ['economics/watt_per_gpu', 'power per GPU', watts],
            ['economics/energy_per_bit', 'energy per bit delivered', joules, 'that power over the whole run'],
            total('price_usd', 'price', dollars), ['economics/usd_per_gpu', 'price per GPU', dollars],
            ['economics/transceivers', 'separate modules', readableNumber],
            ['economics/cable_assemblies', 'cables with their ends', readableNumber],
            ['economics/fibre_km', 'single fibres, km', measured]]),
        missing > 0 ? el('p', {class: 'note'}, `Without a price, and not in the sum: ${missing} of the lines below.`)
            : null,
        result.tables['economics/items'] ? tableElement(answerTable(result, 'economics/items', 'The bill', [
            ['item', 'item'], ['kind', 'kind'], ['use', 'use'], ['count', 'count', readableNumber],
            ['power_watt_low', 'power, low', watts], ['power_watt', 'power', watts],
            ['power_watt_high', 'power, high', watts], ['price_usd_low', 'price, low', dollars],
            ['price_usd', 'price', dollars], ['price_usd_high', 'price, high', dollars]])) : null);
}
