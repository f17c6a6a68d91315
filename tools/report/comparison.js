// Several results beside each other: which wins, which gates are met, every figure with its ratio to the baseline, and
// the tails in one chart. The judging is that of `lightloom compare`; here it is shown.
'use strict';

/** Decibels are a ratio already, and a ratio to nothing is none. */
const ratioTo = (value, first, units) =>
    isFigure(value) && isFigure(first) && first > 0 && units !== 'dB' ? value / first : null;

/** " (x 1.234)", or of decibels the difference. */
function against(value, first, units) {
    const times = ratioTo(value, first, units);
    if (times !== null) return ` (x ${measured(times)})`;
    return units === 'dB' && isFigure(value) && isFigure(first) ? ` (${decibel(value - first)})` : '';
}

const BETTER = {less: ', less is better', more: ', more is better'};

function rankingTable({results, comparison}) {
    const {objective, baseline, order, names, metrics, gates} = comparison;
    const metric = metrics.find(({name}) => name === objective);
    const value = (n) => metric?.values[n];
    const row = (n, rank) => {
        const own = gates.filter(({design}) => design === n);
        const green = own.filter(({state}) => state === 'green').length;
        return [names[n], rank, isFigure(value(n)) ? cell(readable(value(n), metric.units), value(n)) : '-',
            against(value(n), value(baseline), metric?.units).replace(/^ \(|\)$/g, '') || '-', results[n].verdict.word,
            own.length === 0 ? 'none' : `${green} of ${own.length} green`];
    };
    const out = names.map((_, n) => n).filter((n) => !order.includes(n));
    return tableElement({
        caption: `Ranking by ${objective}${BETTER[metric?.better] ?? ''}`,
        head: ['result', 'rank', objective, `against ${names[baseline]}`, 'run verdict', 'gates'],
        rows: [...order.map((n, place) => row(n, String(place + 1))), ...out.map((n) => row(n, 'out'))],
    });
}

/** Which designs have several runs, and what is of their first. */
function meansNote(names, runs) {
    if (runs.every((count) => count === 1)) return '';
    const several = names.filter((_, n) => runs[n] > 1), count = Math.max(...runs);
    const whose = several.length === names.length ? 'all' : several.join(', ');
    return ` Figures of ${whose} are means over ${count} seeds; ` +
        'run verdicts, and all below the comparison, are of the first of them.';
}

function ranking(data) {
    const {conclusion, gates, names, baseline, runs} = data.comparison;
    const sentences = conclusion.trim().split('\n'), isWarning = (sentence) => sentence.startsWith('WARNING');
    const [winner, ...reasons] = [...sentences.filter((s) => !isWarning(s)), ...sentences.filter(isWarning)];
    return [
        el('h3', null, 'Ranking'),
        el('p', {class: 'note'}, `By ${data.comparison.objective}, of those that meet their requirements. It is ` +
            'not the run verdict, which says of each run by itself whether it is sound.' + meansNote(names, runs)),
        el('p', {class: 'winner'}, el('strong', null, winner)),
        reasons.length ? el('ul', {class: 'also'}, reasons.map((sentence) => el('li', null, sentence))) : null,
        rankingTable(data),
        gates.length ? tableElement({
            caption: 'Gates: what the scenario that made each result requires, as it was then ([question]), ' +
                `what that of ${names[baseline]} does, which is asked of all, and what makes the comparison fail`,
            head: ['result', 'gate', 'state', 'is', 'bound'],
            rows: gates.map((gate) => [names[gate.design], ...gateRow(gate)]),
        }) : null,
    ];
}

function comparisonTable({results, comparison}) {
    return {
        caption: `Figures, and ratios to ${comparison.names[comparison.baseline]}`,
        head: ['', ...comparison.names],
        rows: [
            ['run verdict', ...results.map((result) => result.verdict.word)],
            ...comparison.metrics.map(({name, units, better, values}) => [name + (BETTER[better] ?? ''),
                ...values.map((value, n) => isFigure(value)
                    ? cell(readable(value, units) + (n === comparison.baseline ? ''
                        : against(value, values[comparison.baseline], units)), value) : '-')]),
        ],
    };
}

function ratioChart(data) {
    const {names, metrics, baseline} = data.comparison;
    const shown = metrics.filter(({values, units}) =>
        values.every((value) => ratioTo(value, values[baseline], units) > 0) &&
        values.some((value) => value !== values[baseline]));
    const others = names.map((name, design) => ({name, design})).filter(({design}) => design !== baseline);
    return {
        title: `Against ${names[baseline]}`, wide: true,
        height: 110 + shown.length * (14 + Math.max(16, 7 * (names.length - 1))),
        note: `Each figure that differs over that of ${names[baseline]}, on a logarithmic axis: to the right is more.`,
        option: (theme) => base(theme, {
            legend: legend(theme),
            aria: {enabled: true, decal: {show: names.length > 2}, label: {enabled: false}},
            grid: {left: 168, right: 32, top: 44, bottom: 48},
            tooltip: {formatter: ({seriesName, value, name}) => `${seriesName}: ${name} x ${measured(2 ** value)}`},
            xAxis: axis(theme, 'ratio', {type: 'value', nameGap: 28,
                axisLabel: {formatter: (log) => briefly(2 ** log)}}),
            yAxis: axis(theme, '', {type: 'category', inverse: true, data: shown.map(({name}) => name),
                axisLabel: {color: theme.ink, interval: 0}}),
            series: others.map(({name, design}) => ({
                name, type: 'bar', data: shown.map(({values}) => Math.log2(values[design] / values[baseline])),
            })),
        }),
        table: comparisonTable(data),
    };
}

function comparisonSection(data) {
    const content = [...ranking(data), figure(ratioChart(data))];
    for (const name of ['packet_latency', 'flow_completion']) {
        const curves = data.results.map((result, n) => ({name: data.comparison.names[n],
            curve: result.distributions.find((curve) => curve.name === name)})).filter(({curve}) => curve);
        if (curves.length > 0) {
            const title = distributionName(name);
            content.push(figure(tailChart(title[0].toUpperCase() + title.slice(1), curves)));
        }
    }
    return section('comparison', 'Comparison', content);
}

/** Which result the sections below are of. */
function resultChoice({results, comparison}, chosen, onChange) {
    return el('p', {class: 'which'}, el('label', {for: 'which'}, 'Result: '),
        el('select', {id: 'which', change: ({target}) => {
            onChange(Number(target.value));
            document.getElementById('which').focus();
        }}, results.map((result, n) => el('option', {value: n, selected: n === chosen ? '' : null},
            `${comparison.names[n]}: ${result.title}`))));
}
