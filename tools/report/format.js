// Figures as people read them, and elements as the page is made of. Everything that comes from a result becomes text
// by way of textContent: there is no innerHTML on this page.
'use strict';

/** A number of `digits` significant digits, its zeros among them, with commas, without an exponent. */
function significant(value, digits = 4) {
    const rounded = Number(value.toPrecision(digits));
    const places = Math.max(digits - 1 - Math.floor(Math.log10(Math.abs(rounded) || 1)), 0);
    return rounded.toLocaleString('en-US', {minimumFractionDigits: places, maximumFractionDigits: places});
}

const isFigure = (value) => value !== undefined && value !== null && isFinite(value);

/** Counts in full, all else in four significant digits. */
function readableNumber(value) {
    if (!isFigure(value)) return '-';
    const size = Math.abs(value);
    if (Number.isInteger(value) && size < 1e15) return value.toLocaleString('en-US');
    return size >= 1e6 || size < 1e-3 ? value.toExponential(3) : significant(value);
}

/** Four significant digits even where it happens to be whole: what is measured and has no unit. */
const measured = (value) => isFigure(value) && value !== 0 && Math.abs(value) < 1e6 && Math.abs(value) >= 1e-3
    ? significant(value) : readableNumber(value);

/** In the unit that keeps the number between 1 and `base`. @param text  of the number: by how many digits */
function scaled(value, base, units, text) {
    if (!isFigure(value)) return '-';
    let size = Math.abs(value), step = 0;
    while (size >= base * 0.99995 && step + 1 < units.length) {
        size /= base;
        ++step;
    }
    const number = value / base ** step;
    return `${text(number, step)} ${units[step]}`;
}

/** Whole in the smallest unit: then it is a count. */
const precisely = (number, step) => step === 0 && Number.isInteger(number) ? number.toLocaleString('en-US')
    : significant(number);
/** On an axis, whose other labels say how fine it is. */
const briefly = (number) => Number(number.toPrecision(3)).toLocaleString('en-US', {maximumFractionDigits: 9});

const TIMES = ['ps', 'ns', 'us', 'ms', 's'], SIZES = ['B', 'KiB', 'MiB', 'GiB', 'TiB'];
const duration = (ps) => ps === 0 ? '0 s' : scaled(ps, 1000, TIMES, precisely);
const timeTick = (ps) => ps === 0 ? '0' : scaled(ps, 1000, TIMES, briefly);
/** Sizes are often round in binary units; then they have no zeros behind the point. */
const bytes = (count) => scaled(count, 1024, SIZES,
    (number) => Number.isInteger(number) ? number.toLocaleString('en-US') : significant(number));
/** Of sizes that people choose: 10 MB is no power of two. */
const roundBytes = (count) => count % 1000 === 0 && count % 1024 !== 0
    ? scaled(count, 1000, ['B', 'kB', 'MB', 'GB', 'TB'], briefly) : bytes(count);
const byteRate = (rate) => scaled(rate, 1000, ['B/s', 'kB/s', 'MB/s', 'GB/s', 'TB/s'], precisely);
const rateTick = (rate) => rate === 0 ? '0' : scaled(rate, 1000, ['B/s', 'kB/s', 'MB/s', 'GB/s', 'TB/s'], briefly);
const watts = (watt) => scaled(watt, 1000, ['W', 'kW', 'MW'], precisely);
const dollars = (usd) => isFigure(usd) ? '$' + scaled(usd, 1000, ['', 'k', 'M', 'G'], precisely).replace(' ', '') : '-';
const joules = (joule) => isFigure(joule) ? `${significant(joule * 1e12)} pJ` : '-';
/** Hundredths, a zero without its sign. */
const hundredths = (value) => (Math.round(value * 100) / 100 || 0).toFixed(2);
const decibel = (value) => isFigure(value) ? `${hundredths(value) > 0 ? '+' : ''}${hundredths(value)} dB` : '-';
const loss = (value) => isFigure(value) ? `${hundredths(value)} dB` : '-';
const level = (value) => isFigure(value) ? `${hundredths(value)} dBm` : '-';
const percent = (value) => !isFigure(value) ? '-' : value === 0 || value === 1 ? `${100 * value} %`
    : `${significant(100 * value, 3)} %`;
const percentTick = (value) => `${briefly(100 * value)} %`;
const ratio = (value) => !isFigure(value) ? '-' : value === 0 ? '0' : value.toExponential(1);
/** Times of what may not have come, or not have ended: -1. */
const orNever = (ps) => ps < 0 ? 'never' : duration(ps);
const orDash = (ps) => ps < 0 ? '-' : duration(ps);
const orTheEnd = (ps) => ps < 0 ? 'the end' : duration(ps);

const READABLE_BY_UNIT = {
    ps: duration,
    byte: bytes,
    B: bytes,
    'byte/s': byteRate,
    'B/s': byteRate,
    dB: decibel,
    dBm: level,
    W: watts,
    USD: dollars,
    J: joules,
};
const readable = (value, units) => (READABLE_BY_UNIT[units] ?? readableNumber)(value);

/** el('p', {class: 'note'}, 'text', child): attributes that are null are left out, functions are listeners. */
function el(name, attributes, ...children) {
    const element = document.createElement(name);
    for (const [key, value] of Object.entries(attributes ?? {})) {
        if (value === null || value === undefined) continue;
        if (typeof value === 'function') element.addEventListener(key, value);
        else element.setAttribute(key, value);
    }
    for (const child of children.flat()) if (child !== null && child !== undefined) element.append(child);
    return element;
}

/**
 * A cell: what is read, and the figure itself with the place where the result file has it, for whoever (or whatever)
 * wants to compare.
 */
function cell(text, value, path) {
    return {text, value, path};
}

const MOST_ON_A_LINE = 32;

function tableCell(content, isHeading) {
    const {text, value, path} = typeof content === 'object' ? content : {text: content};
    const numeric = value !== undefined || /^[-+]?[\d,.]+([^A-Za-z]|\s|$)/.test(text);
    const exact = typeof value === 'number' ? String(value) : null;
    return el(isHeading ? 'th' : 'td', {
        class: isHeading ? null : numeric ? 'number' : text.length > MOST_ON_A_LINE ? 'long' : null,
        scope: isHeading ? 'row' : null,
        'data-value': exact,
        'data-path': path,
        title: exact !== null && exact !== text ? exact : null,
    }, text);
}

/** Says over a table how many of its columns are to be scrolled to: nobody looks for what he does not see. */
function tellHiddenColumns(scroll) {
    const {left, right} = scroll.getBoundingClientRect();
    const [first, ...others] = [...scroll.querySelector('tr')?.cells ?? []].map((part) => part.getBoundingClientRect());
    const before = others.filter((part) => part.left < Math.max(left, first.right) - 1).length;
    const after = others.filter((part) => part.right > right + 1).length;
    const columns = (count) => `${count} more ${count === 1 ? 'column' : 'columns'}`;
    scroll.toggleAttribute('data-scrolled', before > 0);
    scroll.querySelector('caption span').dataset.hidden = (before ? `  ← ${columns(before)}` : '') +
        (after ? `  ${columns(after)} →` : '');
}

/** In the next frame, since what it says may change a height. */
const tableSizes = new ResizeObserver((entries) => requestAnimationFrame(() =>
    entries.forEach(({target}) => tellHiddenColumns(target))));

/** @param table {caption, head: [text] or null, rows: [[text or cell]]}: the first column names the row */
function tableElement({caption, head, rows}) {
    const scroll = el('div', {class: 'scroll', tabindex: '0', role: 'region', 'aria-label': 'Table: ' + caption,
        scroll: ({currentTarget}) => tellHiddenColumns(currentTarget)},
        el('table', null,
            el('caption', null, el('span', null, caption)),
            head && el('thead', null, el('tr', null, head.map((text) => el('th', {scope: 'col'}, text)))),
            el('tbody', null, rows.map((row) =>
                el('tr', null, row.map((content, n) => tableCell(content, n === 0)))))));
    tableSizes.observe(scroll);
    return scroll;
}
