// Figures as people read them, and elements as the page is made of. Everything that comes from a result becomes text
// by way of textContent: there is no innerHTML on this page.
'use strict';

/** Four significant digits, with commas, without an exponent where there is room. */
function readableNumber(value) {
    if (value === null || value === undefined || !isFinite(value)) return '-';
    if (value === 0) return '0';
    const size = Math.abs(value);
    if (Number.isInteger(value) && size < 1e15) return value.toLocaleString('en-US');
    if (size >= 1e6 || size < 1e-3) return value.toExponential(2);
    return Number(value.toPrecision(4)).toLocaleString('en-US', {maximumFractionDigits: 6});
}

/** In the unit that keeps the number between 1 and `base`. */
function scaled(value, base, units, digits = 4) {
    if (value === null || value === undefined || !isFinite(value)) return '-';
    let size = Math.abs(value), step = 0;
    while (size >= base * 0.99995 && step + 1 < units.length) {
        size /= base;
        ++step;
    }
    return Number((value / base ** step).toPrecision(digits)).toLocaleString('en-US') + ' ' + units[step];
}

const duration = (ps, digits) => scaled(ps, 1000, ['ps', 'ns', 'us', 'ms', 's'], digits);
const bytes = (count) => scaled(count, 1024, ['B', 'KiB', 'MiB', 'GiB', 'TiB']);
const byteRate = (rate) => scaled(rate, 1000, ['B/s', 'kB/s', 'MB/s', 'GB/s', 'TB/s']);
const decibel = (value) => value === null ? '-' : (value >= 0 ? '+' : '') + value.toFixed(2) + ' dB';
const level = (value) => value === null ? '-' : value.toFixed(2) + ' dBm';
const percent = (value) => value === null ? '-' : Number((100 * value).toPrecision(3)) + ' %';
const ratio = (value) => value === null ? '-' : value === 0 ? '0' : value.toExponential(1);
/** A time that may not have come. */
const orNever = (ps) => ps < 0 ? 'never' : duration(ps);

const READABLE_BY_UNIT = {
    ps: duration,
    byte: bytes,
    'byte/s': byteRate,
    dB: decibel,
    dBm: level,
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

function tableCell(content, isHeading) {
    const {text, value, path} = typeof content === 'object' ? content : {text: content};
    const numeric = value !== undefined || /^[-+]?[\d,.]+([^A-Za-z]|\s|$)/.test(text);
    const exact = typeof value === 'number' ? String(value) : null;
    return el(isHeading ? 'th' : 'td', {
        class: numeric && !isHeading ? 'number' : null,
        scope: isHeading ? 'row' : null,
        'data-value': exact,
        'data-path': path,
        title: exact !== null && exact !== text ? exact : null,
    }, text);
}

/** @param table {caption, head: [text], rows: [[text or cell]]}: the first column names the row */
function tableElement({caption, head, rows}) {
    return el('div', {class: 'scroll', tabindex: '0', role: 'region', 'aria-label': 'Table: ' + caption},
        el('table', null,
            el('caption', null, caption),
            el('thead', null, el('tr', null, head.map((text) => el('th', {scope: 'col'}, text)))),
            el('tbody', null, rows.map((row) =>
                el('tr', null, row.map((content, n) => tableCell(content, n === 0)))))));
}
