"""Opens a result file as its users do, and fails where they would.

    read_result.py whole FILE       every group in h5py and in xarray, with units and scales; values against the test's
    read_result.py running FILE     one that was killed while it ran: readable for SWMR readers, and marked
    read_result.py partial FILE     one that was interrupted: an ordinary file, and marked
    read_result.py series FILE      one that has samples in time
    read_result.py same A B         nothing but /run differs

Run by tests/scenarios/result_file_test.cpp and series_test.cpp, which made the files.
"""
import sys

import h5py
import numpy


def datasets(file):
    found = {}
    file.visititems(lambda name, item: found.update({name: item}) if isinstance(item, h5py.Dataset) else None)
    return found


def check_every_dataset_explains_itself(file):
    for name, data in datasets(file).items():
        assert data.attrs["units"], name
        assert data.attrs["long_name"], name
        if data.ndim == 1 and data.attrs.get("CLASS") != b"DIMENSION_SCALE":
            scale = data.dims[0][0]
            assert scale.parent == data.parent, f"{name} is scaled by {scale.name}, of another group"
            assert scale.shape == data.shape, name


def check_xarray_opens_every_group(path, groups):
    try:
        import h5netcdf  # noqa: F401
        import xarray
    except ImportError:
        print("no xarray here: read by h5py only")
        return
    for group in groups:
        with xarray.open_dataset(path, group=group, engine="h5netcdf") as opened:
            assert opened.variables, group
            assert all(variable.dtype.kind != "m" for variable in opened.variables.values()), group


def whole(path):
    with h5py.File(path, "r") as file:
        assert file.attrs["format"] == "lightloom-result"
        assert list(file.attrs["format_version"]) == [3, 3]
        assert file.attrs["Conventions"] == "CF-1.8"
        assert file.attrs["title"] == "two racks"
        assert file.attrs["status"] == "complete" and file.attrs["stopped_by"] == "done"
        assert file.attrs["digest"] == "00000000deadbeef"
        assert file.attrs["plant_seed"] == 7
        assert file.attrs["scenario"] == 'title = "two racks"\n# \u00b5s and \u03bb\n'
        assert file["topology/nodes/kind"].attrs["flag_meanings"] == "server leaf spine core scale-up"
        assert file["topology/links/tier"].attrs["flag_meanings"] == "host-leaf leaf-spine"
        assert file["topology/nodes"].keys() >= {"node", "kind", "index", "first_port", "ports"}
        assert list(file["flows/source"]) == [0, 1, 2]
        assert list(file["flows/delivered_ps"]) == [-1, 1000, 2000]
        assert list(file["jobs/name"].asstr()) == ["victim", "a neighbour"]
        bus = file["jobs/bus_bandwidth"][:]
        assert bus[0] == 1.5 and bus[1] != bus[1], "a pattern has none"
        assert list(file["jobs/completion_ps"]) == [7, -1] and "slowdown" not in file["jobs"]
        assert file["summary/completion_ps"][()] == 123456789
        latency = file["histograms/packet_latency"]
        assert latency["samples"][()] == latency["count"][:].sum() == 1000
        assert (latency["lower"][1:] == latency["upper"][:-1]).all()
        assert latency["lower"][0] <= latency["min"][()] < latency["upper"][0]
        assert "packet_jitter" not in file["histograms"], "nothing was recorded"
        assert "collectives" not in file, "no collective ran"
        assert numpy.isnan(file["optics/links/margin_db"][0])
        assert file["optics/links"]["direction"].shape == (2 * file["topology/links/link"].shape[0],)
        assert list(file["run/progress/time_ps"]) == [10, 20, 30]
        assert list(file["run/progress/events"]) == [40, 80, 120]
        check_every_dataset_explains_itself(file)
        groups = []
        file.visititems(lambda name, item: groups.append(name) if isinstance(item, h5py.Group) else None)
        groups = [g for g in groups if any(isinstance(item, h5py.Dataset) for item in file[g].values())]
    assert set(groups) >= {"summary", "topology/nodes", "topology/links", "topology/endpoints", "optics/links", "flows",
                           "ports", "run", "run/progress", "histograms/message_latency"}, groups
    check_xarray_opens_every_group(path, groups)


def running(path):
    with h5py.File(path, "r", swmr=True, libver="latest") as file:
        assert file.attrs["status"] == "running"
        assert file.attrs["title"] == "two racks"
        assert file.attrs["effective_scenario"]
        assert file["topology/nodes/node"].shape[0] > 0
        assert file["optics/links/length_m"][0] == 2.0
        rows = file["run/progress/time_ps"].shape[0]
        assert rows == 3, rows
        for column in file["run/progress"].values():
            assert column.shape[0] >= rows and (column[:rows] > 0).all(), column.name
        assert "summary" not in file


def partial(path):
    with h5py.File(path, "r") as file:
        assert file.attrs["status"] == "partial" and file.attrs["stopped_by"] == "interrupt"
        assert file["summary/completion_ps"][()] == 123456789


def series(path):
    with h5py.File(path, "r") as file:
        group = file["series"]
        time, port = group["time_ps"], group["port"]
        assert list(numpy.diff(time)) == [time[0]] * (time.shape[0] - 1) and time[-1] <= file["summary/end_ps"][()]
        assert set(port[:]) <= set(file["ports/port"][:])
        for name in ("utilisation", "queue_bytes", "paused_ps", "frames_dropped", "frames_marked"):
            data = group[name]
            assert data.shape == (time.shape[0], port.shape[0]) and data.compression == "gzip", name
            assert data.attrs["units"] and data.attrs["long_name"], name
            assert [data.dims[0][0], data.dims[1][0]] == [time, port], name
        assert 0.5 < group["utilisation"][:].max() <= 1.0
    try:
        import h5netcdf  # noqa: F401
        import xarray
    except ImportError:
        print("no xarray here: read by h5py only")
        return
    with xarray.open_dataset(path, group="series", engine="h5netcdf") as opened:
        assert opened.utilisation.dims == ("time_ps", "port"), opened.utilisation.dims
        assert set(opened.coords) == {"time_ps", "port"}, opened.coords
        first = int(opened.port[0])
        assert opened.queue_bytes.sel(port=first).shape == opened.time_ps.shape


def same(first, second):
    with h5py.File(first, "r") as a, h5py.File(second, "r") as b:
        assert dict(a.attrs).keys() == dict(b.attrs).keys()
        for name in a.attrs:
            assert numpy.array_equal(a.attrs[name], b.attrs[name]), name
        one, two = ({n: d for n, d in datasets(f).items() if not n.startswith("run/")} for f in (a, b))
        assert one.keys() == two.keys()
        for name in one:
            assert one[name][()].tobytes() == two[name][()].tobytes(), name
        assert a["run/wall_seconds"][()] != b["run/wall_seconds"][()], "the test meant them to differ"


if __name__ == "__main__":
    {"whole": whole, "running": running, "partial": partial, "same": same, "series": series}[sys.argv[1]](*sys.argv[2:])
