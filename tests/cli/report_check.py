"""Looks at a report in a real browser and compares it with the results that it is of.

    report_check.py PAGE.html RESULT.h5...      prints what is wrong, a line each, and at the end what there was to see

A cell that names a place in the result file must hold what the file has there, and must read like it. Not here: the
browser (browser.py), making results and pages (report_test.cpp).
"""
import math
import re
import sys

import h5py
import numpy

from browser import Browser

FACTORS = {"ps": 1, "ns": 1e3, "us": 1e6, "ms": 1e9, "s": 1e12,
           "B": 1, "KiB": 2 ** 10, "MiB": 2 ** 20, "GiB": 2 ** 30, "TiB": 2 ** 40,
           "B/s": 1, "kB/s": 1e3, "MB/s": 1e6, "GB/s": 1e9, "TB/s": 1e12, "dB": 1, "dBm": 1, "%": 0.01,
           "W": 1, "kW": 1e3, "MW": 1e6, "pJ": 1e-12, "k": 1e3, "M": 1e6, "kB": 1e3, "MB": 1e6, "GB": 1e9}

CELLS = """[...document.querySelectorAll('[data-path], [data-value]')].map((cell) => ({
    path: cell.dataset.path ?? null, value: cell.dataset.value ?? null, text: cell.textContent}))"""
# Of each chart the share of its pixels that are not of the colour that most are of.
INK = """[...document.querySelectorAll('.chart')].map((chart) => {
    const canvas = chart.querySelector('canvas');
    const pixels = new Uint32Array(canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height).data.buffer);
    return pixels.filter((pixel) => pixel !== pixels[0]).length / pixels.length;
})"""
HISTOGRAM = """[...document.querySelectorAll('caption')].find((caption) => caption.textContent === %r)
    .parentElement.querySelectorAll('td[data-value]').values().map((cell) => Number(cell.dataset.value)).toArray()"""


class Check:
    def __init__(self, page, result):
        self.page, self.result, self.wrong = page, result, []
        self.direction = result["ports/direction"][:] if "ports" in result else numpy.array([])

    def expect(self, truth, complaint):
        if not truth:
            self.wrong.append(complaint)

    def in_file(self, path):
        row = re.fullmatch(r"(.+)\[(direction )?(\d+)\]", path)
        if not row:
            return float(self.result[path][()])
        number = int(row[3])
        if row[2] and path.startswith("ports/"):  # by direction, whose port has another row
            number = int(numpy.flatnonzero(self.direction == number)[0])
        return float(self.result[row[1]][number])

    def cells(self):
        seen = 0
        for cell in self.page.evaluate(CELLS):
            value = math.nan if cell["value"] in (None, "null") else float(cell["value"])
            if cell["path"]:
                wanted = self.in_file(cell["path"])
                same = value == wanted or math.isnan(value) and not math.isfinite(wanted)
                self.expect(same, f"{cell['path']}: the page has {value}, the file {wanted}")
                seen += 1
            self.readable(cell["text"], value)
        self.expect(seen > 30, f"only {seen} cells name their place in the file")
        return seen

    def readable(self, text, value):
        if math.isnan(value) or text in ("never", "the end"):
            return
        number = re.match(r"(?:to |\$)?([-+]?[\d,]+(?:\.\d+)?(?:e[-+]?\d+)?)\s*(\S+)?", text)
        if not number:
            self.wrong.append(f"{value} reads {text}")
            return
        read = float(number[1].replace(",", "")) * FACTORS.get(number[2], 1)
        close = abs(read - value) <= max(0.06 * abs(value) if "e" in text else 0.0051 * abs(value), 0.00501)
        self.expect(close, f"{value} reads {text}")

    def charts(self):
        root = self.page.evaluate("({...document.documentElement.dataset})")
        self.expect(root["charts"] == root["drawn"] != "0", f"charts and drawn: {root}")
        for number, ink in enumerate(self.page.evaluate(INK)):
            self.expect(ink > 0.002, f"chart {number} is empty")
        return int(root["charts"])

    def histograms(self):
        margins = self.result["optics/links/margin_db"][:]
        finite = int(numpy.isfinite(margins).sum())
        degraded = self.degraded(margins)
        if finite:
            counted = sum(self.page.evaluate(HISTOGRAM % "Link margin"))
            wanted = 2 * finite if degraded else finite  # as built, and beside it the least of the run
            self.expect(counted == wanted, f"{counted} margins in the histogram, {wanted} in the file")
            note = self.page.evaluate("document.querySelector('#optics .note').textContent")
            self.expect("As built" in note or "At the start of the run" in note, f"what margins? {note}")
            self.expect(not degraded or f"took margin from {degraded:,} of them" in note, f"{degraded}: {note}")
        if "ports" in self.result:
            counted = sum(self.page.evaluate(HISTOGRAM % "Utilisation"))
            self.expect(counted == len(self.direction), f"{counted} directions, {len(self.direction)} in the file")

    def degraded(self, margins):
        """How many directions had less margin in the run than they were built with."""
        if "ports/least_margin_db" not in self.result:
            return 0
        least = numpy.full(len(margins), numpy.inf)
        least[self.direction] = self.result["ports/least_margin_db"][:]
        return int((least < margins).sum())

    def budgets(self):
        data = self.page.evaluate("JSON.parse(document.getElementById('data').textContent).results[0].budgets ?? []")
        for budget in data:
            term = {t["name"]: t["worst"] for t in budget["terms"]}
            rest = term.pop("transmitter") - term.pop("sensitivity") - sum(term.values())
            worst = budget["worst_margin_db"]
            self.expect(abs(rest - worst) < 1e-9, f"budget of {budget['tier']}: {rest} is left, the margin is {worst}")

    def completion(self):
        """Flow completion times: nearest rank over all flows that were delivered."""
        if "flows" not in self.result:
            return
        start, end = (self.result[f"flows/{name}_ps"][:] for name in ("start", "delivered"))
        times = numpy.sort((end - start)[(start >= 0) & (end >= start)])
        curve = self.page.evaluate("""JSON.parse(document.getElementById('data').textContent).results[0]
            .distributions.find(({name}) => name === 'flow_completion')""")
        for name, share in (("p50", 0.5), ("p99", 0.99), ("p99_9", 0.999)):
            wanted = times[math.ceil(share * len(times)) - 1]
            self.expect(curve["quantiles"][name] == wanted, f"flow completion {name}: {curve['quantiles']}, {wanted}")

    def series(self):
        """Over time: mean, nearest-rank p99 and greatest of all ports, and the busiest ones, worked out once more."""
        section = "document.getElementById('series')"
        if "series" not in self.result:
            text = self.page.evaluate(f"{section}.textContent")
            self.expect("[series]" in text and "interval" in text, f"nothing says how to sample: {text}")
            return
        group = self.result["series"]
        data = self.page.evaluate("JSON.parse(document.getElementById('data').textContent).results[0].series")
        share = data["samples_a_point"]
        first = range(0, group["time_ps"].shape[0], share)
        points = [slice(i, i + share) for i in first]
        self.expect(data["time_ps"] == [int(group["time_ps"][p][-1]) for p in points], "instants are others")
        self.expect(len(points) <= 240, f"{len(points)} points")
        busiest = numpy.argsort(-group["utilisation"][:].astype(float).mean(axis=0), kind="stable")[:3]
        for name in ("utilisation", "queue_bytes", "paused_ps"):
            for n, point in enumerate(points):
                values = numpy.sort(group[name][point].astype(float).ravel())
                wanted = (values.mean(), values[math.ceil(0.99 * len(values)) - 1], values[-1])
                seen = [data[name][key][n] for key in ("mean", "p99", "max")]
                self.expect(numpy.allclose(seen, wanted, rtol=1e-12), f"{name} of point {n}: {seen}, not {wanted}")
            for line, port in zip(data["busiest"], busiest):
                wanted = [group[name][point, port].astype(float).mean() for point in points]
                self.expect(numpy.allclose(line[name], wanted, rtol=1e-12), f"{name} of {line['name']}")
        rows = self.page.evaluate(f"{section}.querySelector('.twin tbody').rows.length")
        self.expect(rows == len(points), f"{rows} rows in the table, {len(points)} points")

    def keyboard(self):
        """Arrow keys walk through the measures of the map, and the page turns dark when told so."""
        self.page.evaluate("document.querySelector('[name=measure]:checked').focus()")
        before = self.page.evaluate("document.querySelector('[name=measure]:checked').value")
        self.page.press("ArrowRight", 39)
        after = self.page.evaluate("document.querySelector('[name=measure]:checked').value")
        several = self.page.evaluate("document.querySelectorAll('[name=measure]').length") > 1
        self.expect(not several or before != after, "arrow keys do not change what the map shows")
        background = "getComputedStyle(document.body).backgroundColor"
        light = self.page.evaluate(background)
        self.page.evaluate("document.querySelector('[name=theme][value=dark]').click()")
        self.expect(self.page.evaluate(background) != light, "the page does not turn dark")

    def all(self):
        cells, charts = self.cells(), self.charts()
        self.histograms()
        self.budgets()
        self.completion()
        self.series()
        self.keyboard()
        self.wrong += self.page.complaints + [f"asked for {address}" for address in self.page.requests]
        title = self.result.attrs["title"]
        self.expect(self.page.evaluate("document.scripts.length") == 3, "there is a foreign script")
        self.expect(self.page.evaluate("document.querySelector('h1').textContent") in (title, self.page.title()),
                    "the title is another")
        return f"{charts} charts, {cells} cells"


def main(page, results):
    with Browser() as browser, h5py.File(results[0]) as result:
        opened = browser.open(page)
        check = Check(opened, result)
        summary = check.all()
        print("\n".join(check.wrong[:20] + [summary]))
        print(f"opened in {opened.seconds:.2f} s", file=sys.stderr)


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2:])
