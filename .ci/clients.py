"""Python's part of .ci/clients: `write DIR` writes files for descent, `read DIR` compares what descent has written.

A check is a name, a function that writes its files, and one that reads descent's. To add a check, add a row to CHECKS, and one to the
checks of internal/clients. descent writes each file again that it has read, so that a mistake in reading shows; and it writes files of
its own, whose content follows a formula, so that two mistakes cannot undo each other.
"""

import csv
import io
import json
import pathlib
import sys
import wave

import numpy as np
import pandas as pd
import safetensors.numpy
import scipy.io.wavfile
import sklearn.metrics as metrics
from sklearn.compose import ColumnTransformer, TransformedTargetRegressor
from sklearn.impute import SimpleImputer
from sklearn.neural_network import MLPRegressor
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler


def same(name, want, got):
    """Two arrays are equal in type, shape and every bit."""
    want, got = np.asarray(want), np.asarray(got)
    assert got.dtype == want.dtype.newbyteorder("<"), f"{name}: the type is {got.dtype}, want {want.dtype}"
    assert got.shape == want.shape, f"{name}: the shape is {got.shape}, want {want.shape}"
    raw = np.ascontiguousarray(want).astype(want.dtype.newbyteorder("<"))
    assert raw.tobytes() == np.ascontiguousarray(got).tobytes(), f"{name}: the elements differ"


# NumPy


def arrays():
    """Every type in both byte orders, both orders of axes and several shapes."""
    r = np.random.default_rng(1)
    for code in ["b1", "i1", "i2", "i4", "i8", "u1", "u2", "u4", "u8", "f2", "f4", "f8"]:
        for shape in (), (0,), (7,), (3, 4), (2, 3, 1, 5), (1, 2, 1, 2, 1, 2, 1, 2):
            kind = np.dtype(code).kind
            if kind == "b":
                x = r.integers(0, 2, shape).astype(bool)
            elif kind == "f":
                with np.errstate(over="ignore"):
                    x = np.asarray(r.standard_normal(shape) * 10.0 ** r.integers(-9, 9, shape)).astype(code)
            else:
                info = np.iinfo(code)
                x = np.asarray(r.integers(max(info.min, -2**53), min(info.max, 2**53), shape, endpoint=True)).astype(code)
            for order in "<>":
                y = x.astype(order + code)
                name = f"{code}{'le' if order == '<' else 'be'}{'x'.join(map(str, shape))}"
                yield name + "C", y
                yield name + "F", np.asfortranarray(y)


def formula(shape, dtype):
    """x[i, j] = i − j/4, which descent computes, too."""
    i, j = np.indices(shape)
    return (i - j / 4).astype(dtype)


REFUSED = {
    "object": np.array([1, "x", None], object), "text": np.array(["a", "bc"]), "bytes": np.array([b"a", b"bc"]),
    "dates": np.array(["2024-01-31"], "datetime64[ns]"), "spans": np.array([3], "timedelta64[s]"),
    "records": np.zeros(2, [("x", "<f4"), ("y", "<i4")]), "nested": np.zeros(2, [("é", "<f4", (2,))]),
    "complex": np.array([1j]), "long": np.array([1], np.longdouble), "void": np.zeros(2, "V3"), "nine": np.zeros([1] * 9),
}


def npy_write(to):
    for name, x in arrays():
        np.save(to / f"{name}.npy", x)
    (to / "refused").mkdir()
    for name, x in REFUSED.items():
        np.save(to / "refused" / f"{name}.npy", x, allow_pickle=True)


def npy_read(there):
    for name, x in arrays():
        same(name, x, np.load(there / f"{name}.npy", allow_pickle=False))
        small = x.dtype.itemsize <= 2 or x.dtype.kind == "f" and x.dtype.itemsize == 4
        same(f"{name} as a tensor", x.astype(np.float32 if small else np.float64), np.load(there / f"{name}.tensor.npy", allow_pickle=False))
        if x.dtype.kind != "f":
            same(f"{name} as integers", x.astype(np.int64), np.load(there / f"{name}.ints.npy", allow_pickle=False))
    same("formula", formula((3, 5), np.float32), np.load(there / "formula32.npy", allow_pickle=False))
    same("formula", formula((3, 5), np.float64), np.load(there / "formula64.npy", allow_pickle=False))
    same("formula", np.arange(5) ** 2 - 3, np.load(there / "formula.npy", allow_pickle=False))


def npz_write(to):
    np.savez(to / "stored.npz", **dict(arrays()))
    np.savez_compressed(to / "deflated.npz", **dict(arrays()))


def npz_read(there):
    for name in "stored", "deflated":
        with np.load(there / f"{name}.npz", allow_pickle=False) as z:
            assert list(z) == [name for name, _ in arrays()], f"{name}: the names differ"
            for key, x in arrays():
                same(key, x, z[key])


# safetensors


def tensors():
    r = np.random.default_rng(2)
    return {
        "half": r.standard_normal((3, 4)).astype(np.float16), "single": r.standard_normal((2, 3, 4)).astype(np.float32),
        "double": r.standard_normal(5), "none": np.zeros((0, 3), np.float32), "scalar": np.array(2.5, np.float32),
        "i32": r.integers(-(2**31), 2**31, 6).astype(np.int32), "i64": r.integers(-(2**53), 2**53, 6), "é \"\\\n": np.ones(1),
    }


def safetensors_write(to):
    safetensors.numpy.save_file(tensors(), to / "model.safetensors", {"format": "np", "note": "é\n"})


def safetensors_read(there):
    got = safetensors.numpy.load_file(there / "model.safetensors")
    assert got.keys() == tensors().keys(), f"the names are {list(got)}"
    for name, x in tensors().items():
        same(name, x.astype(np.float32 if x.dtype in (np.float16, np.float32) else np.float64), got[name])
    with safetensors.safe_open(there / "model.safetensors", "np") as f:
        assert f.metadata() == {"format": "np", "note": "é\n"}, f"the metadata are {f.metadata()}"
    got = safetensors.numpy.load_file(there / "formula.safetensors")
    same("formula", formula((3, 5), np.float32), got["x"])
    same("formula", formula((3, 5), np.float64), got["y"])


# WAVE


def sounds():
    """Name, rate and samples [frames channels] as SciPy writes and reads them; the power of two that stands for 1."""
    r = np.random.default_rng(3)
    for channels in 1, 2, 6:
        shape = (1001, channels)
        yield f"u8_{channels}", 8000, r.integers(0, 256, shape).astype(np.uint8), 2.0**7
        yield f"i16_{channels}", 44100, r.integers(-(2**15), 2**15, shape).astype(np.int16), 2.0**15
        # 24 bits lie in the upper ones of 32; and a float32 holds no more of 32.
        yield f"i24_{channels}", 48000, (r.integers(-(2**23), 2**23, shape) * 2**8).astype(np.int32), 2.0**31
        yield f"i32_{channels}", 96000, (r.integers(-(2**23), 2**23, shape) * 2**8).astype(np.int32), 2.0**31
        yield f"f32_{channels}", 16000, (2 * r.standard_normal(shape)).astype(np.float32), 1.0
        yield f"f64_{channels}", 22050, (2 * r.standard_normal(shape)).astype(np.float32).astype(np.float64), 1.0


def wav_write(to):
    for name, rate, x, _ in sounds():
        if name.startswith("i24"):
            with wave.open(str(to / f"{name}.wav"), "wb") as f:
                f.setnchannels(x.shape[1])
                f.setsampwidth(3)
                f.setframerate(rate)
                f.writeframes(x.astype("<i4").reshape(-1, 1).view(np.uint8)[:, 1:].tobytes())
        else:
            scipy.io.wavfile.write(to / f"{name}.wav", rate, x)


def wav_read(there):
    for name, rate, x, one in sounds():
        got_rate, got = scipy.io.wavfile.read(there / f"{name}.wav")
        assert got_rate == rate, f"{name}: the rate is {got_rate}, want {rate}"
        same(name, x, got.reshape(x.shape))
        samples = (x.astype(np.float64) - (128 if x.dtype == np.uint8 else 0)) / one
        same(f"{name} as samples", samples.T.astype(np.float32), np.load(there / f"{name}.npy", allow_pickle=False))
    for bits, dtype in (8, np.uint8), (16, np.int16), (24, np.int32), (32, np.int32):
        _, got = scipy.io.wavfile.read(there / f"formula{bits}.wav")
        want = (np.arange(256) - 128) / 128  # which descent writes
        want = 128 + 128 * want if bits == 8 else want * 2.0 ** (np.dtype(dtype).itemsize * 8 - 1)
        same(f"formula {bits}", want.astype(dtype), got)


# CSV


def frame():
    r = np.random.default_rng(4)
    n = 300
    number = r.standard_normal(n) * 10.0 ** r.integers(-300, 300, n)
    number[r.random(n) < 0.1] = np.nan
    return pd.DataFrame({
        "number": number, "whole": r.integers(-(2**53), 2**53, n).astype(float),
        "class": r.choice(["red", "green, dark", 'so-called "blue"', "two\nlines", "größer"], n),
        "day": pd.date_range("1969-12-01", periods=n, freq="D").strftime("%Y-%m-%d"),
        "text": [f"text {i}, \"{i * i}\"" for i in range(n)],
    })


DIALECTS = {
    "table": {}, "semicolons": {"sep": ";", "encoding": "utf-8-sig", "lineterminator": "\r\n", "quoting": csv.QUOTE_ALL},
}


def csv_write(to):
    for name, dialect in DIALECTS.items():
        frame().to_csv(to / f"{name}.csv", index=False, **dialect)


def extended_read(there, name, dialect):
    """descent has added two columns, and left every byte of the others."""
    sep, end = dialect.get("sep", ","), dialect.get("lineterminator", "\n")
    raw = (there / f"{name}.extended.csv").read_bytes().decode("utf-8")
    rows = list(csv.reader(io.StringIO(raw, newline=""), delimiter=sep))
    assert rows[0][-2:] == ["half", "note"], f"{name}: the columns are {rows[0]}"
    assert len(rows) == 1 + len(frame()), f"{name}: {len(rows)} records"
    left, at = "", 0
    for i, row in enumerate(rows):
        note = "note" if i == 0 else '"' + row[-1].replace('"', '""') + '"'
        text = sep + row[-2] + sep + note + end
        begin, at = at, raw.index(text, at) + len(text)
        left += raw[begin : at - len(text)] + end
        if i > 0:
            assert float(row[-2]) == frame()["whole"][i - 1] / 2, f"{name}: half is {row[-2]} in row {i}"
            assert row[-1] == f'row {i - 1}, "{row[2]}"', f"{name}: the note is {row[-1]} in row {i}"
    want = frame().to_csv(index=False, **{k: v for k, v in dialect.items() if k != "encoding"})
    assert left == ("\ufeff" if "encoding" in dialect else "") + want, f"{name}: the columns that were there have changed"


def report_read(there, name):
    report = json.loads((there / f"{name}.json").read_text(encoding="utf-8"))
    assert report["rows"] == len(frame()) and report["duplicates"] == int(frame().duplicated().sum())
    for c in report["columns"]:
        x = frame()[c["name"]]
        assert (c["count"], c["missing"], c["distinct"]) == (x.count(), x.isna().sum(), x.nunique()), f"{name}: {c}"
        if c["kind"] == "number":
            with np.errstate(over="ignore"):
                want = x.describe()
            for ours, theirs in {"mean": "mean", "std": "std", "min": "min", "q1": "25%", "median": "50%", "q3": "75%", "max": "max"}.items():
                if not np.isinf(want[theirs]):
                    np.testing.assert_allclose(c[ours], want[theirs], rtol=1e-12, err_msg=f"{name}, {c['name']}, {ours}")
        if c["kind"] == "category":
            assert {f["value"]: f["count"] for f in c["frequent"]} == x.value_counts().to_dict(), f"{name}: {c}"


def csv_read(there):
    for name, dialect in DIALECTS.items():
        extended_read(there, name, dialect)
        report_read(there, name)
        got = pd.read_csv(there / f"{name}.csv")
        want = frame()
        pd.testing.assert_frame_equal(want, got.astype({"whole": float}), check_exact=True)
        for column in "number", "whole":
            x = np.load(there / f"{name}.{column}.npy", allow_pickle=False)
            np.testing.assert_array_equal(x, want[column].to_numpy(), f"{name}, {column}")


# Metrics


def answers():
    """Logits and labels of several classes, scores and labels of two, and targets and outputs of a regression."""
    r = np.random.default_rng(5)
    labels = r.integers(0, 5, 400)
    logits = r.standard_normal((400, 5)) + 1.5 * np.eye(5)[labels]
    two = r.integers(0, 2, 400)
    scores = np.round(r.standard_normal(400) + two, 1)  # with ties
    target = r.standard_normal((400, 3)) * [1, 10, 1e4] + [0, 5, 1e6]
    return {"labels": labels, "logits": logits, "two": two, "scores": scores, "target": target, "output": target + r.standard_normal((400, 3))}


def metrics_write(to):
    np.savez(to / "answers.npz", **answers())


def metrics_read(there):
    a = answers()
    y, answer = a["labels"], a["logits"].argmax(axis=1)
    want = {
        "accuracy": metrics.accuracy_score(y, answer), "top_2": metrics.top_k_accuracy_score(y, a["logits"], k=2),
        "roc_auc": metrics.roc_auc_score(a["two"], a["scores"]), "average_precision": metrics.average_precision_score(a["two"], a["scores"]),
        "mae": metrics.mean_absolute_error(a["target"], a["output"]), "mse": metrics.mean_squared_error(a["target"], a["output"]),
        "rmse": metrics.root_mean_squared_error(a["target"], a["output"]), "r2": metrics.r2_score(a["target"], a["output"]),
    }
    for average in "macro", "micro", "weighted":
        p, r, f, _ = metrics.precision_recall_fscore_support(y, answer, average=average)
        want |= {f"precision_{average}": p, f"recall_{average}": r, f"f1_{average}": f}
    got = json.loads((there / "metrics.json").read_text())
    assert got.pop("confusion") == metrics.confusion_matrix(y, answer).tolist(), "the confusion matrix differs"
    assert got.keys() == want.keys(), f"the metrics are {sorted(got)}, want {sorted(want)}"
    for name in want:
        np.testing.assert_allclose(got[name], want[name], rtol=1e-12, err_msg=name)


# A regression


def houses(n, seed):
    """Prices that depend on numbers and a town, with missing values and noise of a deviation of 8000."""
    r = np.random.default_rng(seed)
    towns = {"Rome": 50e3, "Paris": 150e3, "Oslo": 80e3, "Bern": 120e3, "": 60e3}
    area, rooms = r.uniform(40, 200, n).round(1), r.integers(1, 7, n)
    town, built, distance = r.choice(list(towns), n), r.integers(1950, 2021, n), r.uniform(0, 30, n).round(2)
    price = 1000 * area * (1 + 0.3 * np.sin(distance / 4)) + 20e3 * rooms + [towns[t] for t in town]
    price += 300 * (built - 1950) * np.where(town == "Paris", 1, 0.3) + r.normal(0, 8000, n)
    rooms = pd.Series(rooms).mask(r.random(n) < 0.1).astype("Int64")
    return pd.DataFrame({"area": area, "rooms": rooms, "town": town, "built": built, "distance": distance, "price": price.round()})


def regression_write(to):
    houses(10_000, 6).to_csv(to / "houses.csv", index=False)
    houses(3_000, 7).to_csv(to / "unseen.csv", index=False)


def regressor(seed):
    """A net of the size of descent's, on columns that are prepared in the same way."""
    numbers = make_pipeline(SimpleImputer(add_indicator=True), StandardScaler())
    columns = ColumnTransformer([
        ("numbers", numbers, ["area", "rooms", "built", "distance"]), ("towns", OneHotEncoder(handle_unknown="ignore"), ["town"]),
    ])
    net = MLPRegressor(hidden_layer_sizes=(64, 64), early_stopping=True, max_iter=200, random_state=seed)
    return TransformedTargetRegressor(make_pipeline(columns, net), transformer=StandardScaler())


def regression_read(there):
    """On houses that no net has seen, descent's mean error is at most 2 % above scikit-learn's."""
    seen, unseen = (houses(n, seed).astype({"rooms": float}) for n, seed in ((10_000, 6), (3_000, 7)))
    ours, theirs = [], []
    for seed in range(3):
        got = pd.read_csv(there / f"predicted{seed}.csv")
        assert got["price"].equals(unseen["price"]), "the rows are not those that were asked for"
        ours.append(metrics.root_mean_squared_error(unseen["price"], got["price_predicted"]))
        model = regressor(seed).fit(seen.drop(columns="price"), seen["price"])
        theirs.append(metrics.root_mean_squared_error(unseen["price"], model.predict(unseen.drop(columns="price"))))
    print(f"root mean squared errors: descent {np.round(ours)}, scikit-learn {np.round(theirs)}")
    assert np.mean(ours) <= 1.02 * np.mean(theirs)


CHECKS = {
    "npy": (npy_write, npy_read),
    "npz": (npz_write, npz_read),
    "safetensors": (safetensors_write, safetensors_read),
    "wav": (wav_write, wav_read),
    "csv": (csv_write, csv_read),
    "metrics": (metrics_write, metrics_read),
    "regression": (regression_write, regression_read),
}

if __name__ == "__main__":
    what, folder = sys.argv[1], pathlib.Path(sys.argv[2])
    for name, (write, read) in CHECKS.items():
        if what == "write":
            (folder / name).mkdir()
            write(folder / name)
        else:
            read(folder / name)
            print(f"Python reads {name}: {len(list((folder / name).iterdir()))} files")
