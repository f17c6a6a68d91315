"""Results of Lightloom as pandas and xarray have their data, with units.

    import lightloom
    with lightloom.open("my.h5") as result:
        print(result.summary["completion_ps"], result.unit("summary/completion_ps"))
        print(result.table("flows").nlargest(5, "delivered_ps"))
    with lightloom.open("my-sweep/merged.h5") as sweep:
        print(sweep.points()[["workload.bytes", "summary/completion_ps"]])

Nothing is reckoned here that the file does not hold: what the groups mean is in scenarios/README.md, "The result
file". Needs h5py and pandas; dataset() needs xarray, too. Draws nothing.
"""
import difflib
import math
import pathlib

import h5py
import numpy
import pandas

__all__ = ["Histogram", "NotAResult", "NotThere", "Result", "Sweep", "compare", "open"]

FORMAT_VERSION = 3  # the first number: files of another cannot be read


class NotAResult(ValueError):
    """A file that is no result, or one of a format that this module does not know."""


class NotThere(KeyError):
    """A file has no such table or figure: one sentence that says which it has."""

    def __str__(self):  # a KeyError shows its message in quotes
        return self.args[0]


def open(path):  # the name by which users look for it
    """A Result, of a run that ended, was stopped, was killed, or still goes on; of a sweep's merged.h5 a Sweep."""
    file = _opened(path)
    kind = {"lightloom-result": Result, "lightloom-sweep": Sweep}.get(file.attrs.get("format"))
    version = file.attrs.get("format_version")
    if kind is None or version is None or numpy.ravel(version)[0] != FORMAT_VERSION:
        file.close()
        raise NotAResult(f"{path}: no result of format {FORMAT_VERSION}, and no sweep's merged.h5")
    return kind(path, file)


def _opened(path):
    try:
        return h5py.File(path, "r")
    except OSError:  # a run that still goes on, or was killed
        return h5py.File(path, "r", swmr=True, libver="latest")


class _File:
    """What results and sweeps have in common. To be closed, or used in a with statement."""

    def __init__(self, path, file):
        self.path, self._file = str(path), file

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def close(self):
        self._file.close()

    @property
    def title(self):
        return self._file.attrs["title"]

    @property
    def groups(self):
        """Names of all groups, those inside others with a slash, in the order of the file."""
        found = []
        self._file.visititems(lambda name, item: found.append(name) if isinstance(item, h5py.Group) else None)
        return found

    def __contains__(self, path):
        return path in self._file

    def unit(self, path):
        """ "ps", "byte/s", "dB"; "1" of counts and ratios."""
        return self._dataset(path).attrs["units"]

    def meaning(self, path):
        return self._dataset(path).attrs["long_name"]

    def table(self, group):
        """A group's columns as a data frame, a row for what the group counts (flow, port, point, ...).

        Numbers that stand for words come as categories. attrs["units"] and attrs["meanings"] say what each column is.
        Of /series, which has a place for each instant and port, both are the index.
        """
        is_grid = any(item.ndim == 2 for item in self._group(group).values() if _is_dataset(item))
        frame = self._grid(group) if is_grid else self._column_frame(group)
        frame.attrs["units"] = {name: self.unit(f"{group}/{name}") for name in frame}
        frame.attrs["meanings"] = {name: self.meaning(f"{group}/{name}") for name in frame}
        return frame

    def _group(self, name):
        item = self._file[name] if name in self._file else None
        if isinstance(item, h5py.Group):
            return item
        tables = {}  # in the order of the file; links to other files are not followed
        self._file.visititems(lambda path, found: tables.setdefault(path.rpartition("/")[0])
                              if _is_dataset(found) else None)
        raise NotThere(f"{self.path} has no table {name!r}{_nearest(name, tables)}; there are {', '.join(tables)}")

    def _dataset(self, path):
        item = self._file[path] if path in self._file else None
        if _is_dataset(item):
            return item
        names = list(self._group(path.rpartition("/")[0] or path))
        raise NotThere(f"{self.path} has no figure {path!r}{_nearest(path.rpartition('/')[2], names)}; "
                       f"its group has {', '.join(names)}")

    def _column_frame(self, group):
        columns = self._columns(group)
        scale = next((name for name in columns if h5py.h5ds.is_scale(self._file[group][name].id)), None)
        frame = pandas.DataFrame({name: _words(self._file[group][name], values) for name, values in columns.items()
                                  if name != scale})
        if scale is not None:
            frame.index = pandas.Index(columns[scale], name=scale)
        return frame

    def _grid(self, group):
        items = {name: item for name, item in self._file[group].items() if _is_dataset(item)}
        grids = {name: item for name, item in items.items() if item.ndim == 2}
        time, place = (dimension[0].name.rsplit("/", 1)[-1] for dimension in next(iter(grids.values())).dims)
        # After a kill some may have a row more: whole ones are those that all of them have.
        rows = min(len(items[time]), *(len(item) for item in grids.values()))
        index = pandas.MultiIndex.from_product([items[time][:rows], items[place][:]], names=[time, place])
        return pandas.DataFrame({name: item[:rows].ravel() for name, item in grids.items()}, index=index)

    def _columns(self, group):
        items = {name: item for name, item in self._file[group].items() if _is_dataset(item) and item.shape != ()}
        # Columns that grow may differ in length after a kill: whole rows are those that all of them have.
        rows = min((len(item) for item in items.values()), default=0)
        return {name: item[:rows] for name, item in items.items()}


class Result(_File):
    """A result file."""

    def __repr__(self):
        return f"<lightloom result {self.path}: {self.title or 'untitled'}, {self.status}>"

    # ---- what the run says of itself

    @property
    def status(self):
        """complete, partial or running."""
        return self._file.attrs["status"]

    @property
    def stopped_by(self):
        """done, until, interrupt, deadlock, failure or killed; None of a run that has not ended."""
        return self._file.attrs.get("stopped_by")

    @property
    def digest(self):
        """Equal for equal answers; None of a run that has not ended."""
        return self._file.attrs.get("digest")

    @property
    def seeds(self):
        return {name: int(self._file.attrs[name + "_seed"]) for name in ("plant", "traffic", "faults")}

    @property
    def scenario(self):
        """The text of the scenario as it was written."""
        return self._file.attrs["scenario"]

    @property
    def effective_scenario(self):
        """The scenario with every default filled in, as a dictionary."""
        import tomllib
        return tomllib.loads(self._file.attrs["effective_scenario"])

    # ---- what was measured

    def __getitem__(self, path):
        """A single number, as "summary/completion_ps", as Python has it."""
        item = self._dataset(path)
        if item.shape != ():
            raise NotThere(f"{path} is a column: table({path.rpartition('/')[0]!r}) has it")
        return item[()].item()

    def scalars(self, group):
        """The single numbers of a group as a series; attrs["units"] has their units."""
        names = [name for name, item in self._group(group).items() if _is_dataset(item) and item.shape == ()]
        series = pandas.Series({name: self._file[group][name][()].item() for name in names}, dtype=object, name=group)
        series.attrs["units"] = {name: self.unit(f"{group}/{name}") for name in names}
        return series

    @property
    def summary(self):
        return self.scalars("summary")

    def dataset(self, group):
        """The same as an xarray.Dataset, whose variables have the attributes units and long_name."""
        import xarray
        frame = self.table(group)
        dataset = xarray.Dataset.from_dataframe(frame)
        for name in frame:
            dataset[name].attrs.update(units=frame.attrs["units"][name], long_name=frame.attrs["meanings"][name])
        return dataset

    def histogram(self, name):
        """One of /histograms, such as "packet_latency"."""
        group = f"histograms/{name}"
        return Histogram(self.table(group), self.scalars(group), self.unit(f"{group}/lower"))


class Sweep(_File):
    """A sweep's merged.h5: a row per point, in the same order in each of its tables."""

    def __repr__(self):
        return f"<lightloom sweep {self.path}: {self.title or 'untitled'}, {len(self._file['points/name'])} points>"

    def points(self):
        """A row per point, by its name: status, error and digest, what it set by key, and what it came to by path.

        "workload.bytes" is a setting, in the base unit of its kind; "summary/completion_ps" a figure, NaN where the
        point has none. attrs["units"] has the units.
        """
        figures = [group for group in self.groups if group not in ("points", "settings", "results")]
        frames = [self.table("points"), self.table("settings")]
        frames += [self.table(group).add_prefix(group + "/") for group in figures]
        all_points = pandas.concat(frames, axis="columns").set_index("name")
        columns = {column: column if "/" in column else f"points/{column}" for column in all_points}
        columns |= {column: f"settings/{column}" for column in frames[1]}
        all_points.attrs = {"units": {column: self.unit(path) for column, path in columns.items()},
                            "meanings": {column: self.meaning(path) for column, path in columns.items()}}
        return all_points

    def result(self, point):
        """The Result of a point, by its name."""
        names = [name.decode() for name in self._file["points/name"]]
        if point not in names:
            raise NotThere(f"{self.path} has no point {point!r}{_nearest(point, names)}")
        return open(pathlib.Path(self.path).parent / "points" / f"{point}.h5")


class Histogram:
    """Bins [lower, upper) with their counts, and the figures that the run itself made of them."""

    def __init__(self, bins, figures, unit):
        self.bins, self.figures, self.unit = bins, figures, unit

    def quantile(self, q):
        """By nearest rank, the middle of its bin: what the program prints."""
        samples, least, most = (self.figures[name] for name in ("samples", "min", "max"))
        rank = min(max(math.ceil(q * samples), 1), samples)
        if rank == 1 or rank == samples:
            return least if rank == 1 else most
        place = int(numpy.searchsorted(self.bins["count"].cumsum().to_numpy(), rank))
        lower, upper = int(self.bins["lower"].iloc[place]), int(self.bins["upper"].iloc[place])
        return min(max(lower + (upper - lower) // 2, least), most)

    def cdf(self):
        """Shares of the samples below the upper edge of each bin, by that edge."""
        shares = self.bins["count"].cumsum() / self.bins["count"].sum()
        return pandas.Series(shares.to_numpy(), index=pandas.Index(self.bins["upper"], name=self.unit), name="share")


def compare(first, second, groups=("summary", "training", "economics", "histograms")):
    """Every single number that both results have, side by side: a data frame by path.

    Columns: unit, first, second, difference, and ratio (second / first; NaN where the first is zero).
    """
    rows = {}
    for path in _scalar_paths(first, groups):
        if path not in second or second.unit(path) != first.unit(path):
            continue
        a, b = first[path], second[path]
        rows[path] = {"unit": first.unit(path), "first": a, "second": b, "difference": b - a,
                      "ratio": b / a if a else math.nan}
    return pandas.DataFrame.from_dict(rows, orient="index", columns=["unit", "first", "second", "difference", "ratio"])


def _scalar_paths(result, groups):
    for group in result.groups:
        if group.split("/")[0] in groups:
            yield from (f"{group}/{name}" for name in result.scalars(group).index)


def _nearest(name, names):
    found = difflib.get_close_matches(str(name), names, n=1, cutoff=0.4)
    return f" (did you mean {found[0]!r}?)" if found else ""


def _is_dataset(item):
    return isinstance(item, h5py.Dataset)


def _words(item, values):
    if "flag_meanings" in item.attrs:
        return pandas.Categorical.from_codes(values, item.attrs["flag_meanings"].split())
    if values.dtype.kind == "S":
        return [text.decode() for text in values]
    return values
