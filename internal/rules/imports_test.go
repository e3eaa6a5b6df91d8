package rules

import (
	"path"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// arrows says which rooms a room may import: those named and, through them,
// what they may import. Tests may import what they like.
var arrows = map[string][]string{
	"internal/rules":       {},
	"internal/allocs":      {},
	"internal/atomicfile":  {},
	"internal/mutation":    {},
	"internal/half":        {},
	"internal/intake":      {},
	"internal/quote":       {},
	"internal/classes":     {"internal/quote"},
	"internal/kernel/asm":  {},
	"internal/kernel/work": {},
	"internal/kernel":      {"internal/kernel/asm", "internal/kernel/work"},
	"tensor":               {"internal/kernel"},
	"internal/fixture":     {"tensor"},
	"internal/property":    {},
	"internal/levels":      {"internal/kernel/asm"},
	"internal/optable":     {"autograd", "internal/fixture"},
	"autograd":             {"tensor"},
	"dist":                 {"autograd"},
	"nn":                   {"autograd"},
	"optim":                {"autograd"},
	"codec":                {"tensor", "internal/atomicfile", "internal/half", "internal/intake", "internal/quote"},
	"data":                 {"tensor", "codec", "internal/quote", "internal/classes"},
	"codec/onnx":           {"codec", "nn"},
	"train/metric":         {"tensor"},
	"train":                {"nn", "optim", "data", "codec", "train/metric"},
	"benchmarks":           {"train", "codec/onnx"},
	"examples":             {"train", "codec/onnx"},
	"internal/clients":     {"codec", "data", "train/metric"},
	"cmd":                  {"train", "codec/onnx", "benchmarks", "internal/optable"},
}

// core are the rooms that import little from outside the standard library.
var core = []string{"internal/kernel/asm", "internal/kernel/work", "internal/kernel", "tensor", "autograd", "dist", "nn", "optim"}

var coreMayImport = []string{"golang.org/x/exp/constraints", "golang.org/x/sys/cpu"}

// roomOf returns the room that a folder of the root module belongs to.
func roomOf(dir string) (string, bool) {
	for ; dir != "."; dir = path.Dir(dir) {
		if _, ok := arrows[dir]; ok {
			return dir, true
		}
	}
	return "", false
}

// reach returns the room and all that it may import.
func reach(room string) []string {
	rooms := []string{room}
	for i := 0; i < len(rooms); i++ {
		for _, next := range arrows[rooms[i]] {
			if !slices.Contains(rooms, next) {
				rooms = append(rooms, next)
			}
		}
	}
	return rooms
}

// imports returns what a file imports.
func imports(t *testing.T, s source) []string {
	t.Helper()
	var paths []string
	for _, i := range s.tree.Imports {
		p, err := strconv.Unquote(i.Path.Value)
		require.NoError(t, err)
		paths = append(paths, p)
	}
	return paths
}

func TestRoomsImportOneWayOnly(t *testing.T) {
	for _, s := range open(t).main() {
		room, ok := roomOf(s.dir)
		if !ok {
			t.Errorf("%s stands in no room; add its folder to the arrows", s.path)
			continue
		}
		if s.test {
			continue
		}
		for _, p := range imports(t, s) {
			dir, own := strings.CutPrefix(p, module+"/")
			if !own {
				continue
			}
			if to, ok := roomOf(dir); !ok || !slices.Contains(reach(room), to) {
				t.Errorf("%s imports %s, but %s may import only %v", s.path, dir, room, reach(room))
			}
		}
	}
}

func TestNoRoomReachesItself(t *testing.T) {
	for room, next := range arrows {
		for _, n := range next {
			require.NotContains(t, reach(n), room, "the arrows from %s lead back to it", room)
		}
	}
}

func TestCoreImportsLittle(t *testing.T) {
	for _, s := range open(t).main() {
		if room, _ := roomOf(s.dir); s.test || !slices.Contains(core, room) {
			continue
		}
		for _, p := range imports(t, s) {
			first, _, _ := strings.Cut(p, "/")
			foreign := strings.Contains(first, ".") && !strings.HasPrefix(p, module+"/")
			if foreign && !slices.Contains(coreMayImport, p) {
				t.Errorf("%s imports %s; the core imports nothing from outside the standard library but %v", s.path, p, coreMayImport)
			}
		}
	}
}

// unsafeRooms are the rooms that may look behind the types.
var unsafeRooms = []string{"internal/kernel/asm", "internal/kernel"}

func TestOnlyKernelIsUnsafe(t *testing.T) {
	r := open(t)
	for _, s := range r.main() {
		for _, p := range imports(t, s) {
			if p == "C" {
				t.Errorf("%s imports C; the project is pure Go", s.path)
			}
			if p == "unsafe" && !slices.Contains(unsafeRooms, s.dir) {
				t.Errorf("%s imports unsafe; only %v may", s.path, unsafeRooms)
			}
		}
	}
	for _, f := range r.files {
		if path.Ext(f) == ".s" && path.Dir(f) != "internal/kernel/asm" {
			t.Errorf("%s is assembly, which belongs into internal/kernel/asm", f)
		}
	}
}

// apart are folders whose programs import modules that users of descent must
// not have to download.
var apart = []string{"benchmarks/peers", "internal/kernel/gen"}

func TestNestedModules(t *testing.T) {
	r := open(t)
	for _, s := range r.sources {
		for _, a := range apart {
			if within(s.dir, a) && !r.isNested(s.dir) {
				t.Errorf("%s is part of the root module; give its folder a go.mod", s.path)
			}
		}
	}
	for _, dir := range r.nested {
		first, _, _ := strings.Cut(r.read(t, dir+"/go.mod"), "\n")
		require.Equal(t, "module "+module+"/"+dir, strings.TrimSpace(first), "the first line of %s/go.mod", dir)
	}
}
