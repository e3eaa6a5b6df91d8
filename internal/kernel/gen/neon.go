package main

import "fmt"

// A neon is the assembler for NEON, which every arm64 processor has. It collects
// the instructions of a function in a list, and assigns registers at the end.
//
// The Go assembler knows the instructions that move data, but few of those that
// compute. So arithmetic is written as encoded words.
type neon struct {
	file *neonFile
	elem int // bytes of an element
	neonFunction
}

// A neonFunction is the state of the function that neon is writing.
type neonFunction struct {
	name, doc string
	signature string
	args      map[string]string // the places of the arguments, as the Go assembler writes them
	frame     int               // bytes that the arguments take
	code      []inst
	vecs      int  // the number of vecs so far
	gprs      int  // the number of gprs
	labels    int  // the number of labels
	constants gpr  // the address of the constants
	one       bool // partial goes through elements one at a time
}

func newNEON(file *neonFile, elem int) *neon { return &neon{file: file, elem: elem} }

func (t *neon) isa() string    { return "NEON" }
func (t *neon) size() int      { return t.elem }
func (t *neon) lanes() int     { return 16 / t.elem }
func (t *neon) registers() int { return 32 }

func (t *neon) newVec() vec {
	t.vecs++
	return vec(t.vecs)
}

func (t *neon) newGPR() gpr {
	t.gprs++
	return gpr(t.gprs) // from 1 on: 0 stands for no register
}

// emit writes an instruction of the Go assembler.
func (t *neon) emit(format string, args ...any) {
	t.code = append(t.code, inst{format: format, args: args})
}

// emitSet is emit for an instruction whose only effect is to set the register r.
func (t *neon) emitSet(r any, format string, args ...any) {
	t.code = append(t.code, inst{format: format, args: args, sets: r})
}

// emitOp writes an encoded instruction and returns the register that it sets.
func (t *neon) emitOp(o *op, args ...any) vec {
	v := t.newVec()
	t.code = append(t.code, inst{op: o, args: append([]any{v}, args...), sets: v})
	return v
}

// emitChange is emitOp for an instruction that changes v.
func (t *neon) emitChange(o *op, v vec, args ...any) {
	t.code = append(t.code, inst{op: o, args: append([]any{v}, args...)})
}

// scalar chooses the name of an instruction for the element type.
func (t *neon) scalar(f32, f64 string) string {
	if t.elem == 4 {
		return f32
	}
	return f64
}

func (t *neon) begin(name, doc string, params, results []arg) {
	t.neonFunction = neonFunction{name: functionName(name, t.elem, t.isa()), doc: doc, signature: signature(t.elem, params, results)}
	t.args, t.frame = layout(t.elem, params, results)
	t.constants = t.newGPR()
	t.emitSet(t.constants, "MOVD $constants<>(SB), R%d", t.constants)
}

// layout returns where the arguments are, and the bytes that they take.
func layout(elem int, params, results []arg) (places map[string]string, bytes int) {
	places = map[string]string{}
	put := func(args []arg) {
		for _, a := range args {
			size := 8
			if a.kind == number {
				size = elem
			}
			bytes = roundUp(bytes, size)
			places[a.name] = fmt.Sprintf("%s+%d(FP)", a.name, bytes)
			bytes += size
		}
	}
	put(params)
	if results != nil {
		bytes = roundUp(bytes, 8)
		put(results)
	}
	return places, bytes
}

func roundUp(n, to int) int { return (n + to - 1) / to * to }

func (t *neon) end() {
	t.emit("RET")
	t.file.function(t.name, t.doc, t.signature, t.frame, t.elem, compile(t.name, t.code))
}

func (t *neon) ptr(name string) gpr {
	r := t.newGPR()
	t.emitSet(r, "MOVD "+t.args[name]+", R%d", r)
	return r
}

func (t *neon) num(name string) vec {
	s := t.newVec()
	t.emitSet(s, t.scalarMove()+" "+t.args[name]+", F%d", s)
	return t.dup(s)
}

func (t *neon) result(name string, v vec) {
	t.emit(t.scalarMove()+" F%d, "+t.args[name], v)
}

func (t *neon) label() string {
	t.labels++
	return fmt.Sprintf("l%d", t.labels)
}

func (t *neon) place(label string) { t.code = append(t.code, inst{place: label}) }

func (t *neon) branch(label, format string, args ...any) {
	t.code = append(t.code, inst{format: format + label, args: args, jump: label})
}

func (t *neon) jump(label string) { t.branch(label, "JMP ") }

func (t *neon) jumpLess(a gpr, n int, label string) {
	t.emit("CMP $%d, R%d", n, a)
	t.branch(label, "BLT ")
}

func (t *neon) jumpAtLeast(a gpr, n int, label string) {
	t.emit("CMP $%d, R%d", n, a)
	t.branch(label, "BGE ")
}

func (t *neon) jumpZero(a gpr, label string) { t.branch(label, "CBZ R%d, ", a) }

func (t *neon) add(a, b gpr)        { t.emit("ADD R%d, R%d", b, a) }
func (t *neon) addInt(a gpr, n int) { t.emit("ADD $%d, R%d", n, a) }
func (t *neon) scale(a gpr)         { t.emit("LSL $%d, R%d", map[int]int{4: 2, 8: 3}[t.elem], a) }

func (t *neon) copyOf(a gpr) gpr {
	b := t.newGPR()
	t.code = append(t.code, inst{format: "MOVD R%d, R%d", args: []any{a, b}, copies: true})
	return b
}

func (t *neon) newInt(n int) gpr {
	r := t.newGPR()
	t.emitSet(r, "MOVD $%d, R%d", n, r)
	return r
}

func (t *neon) loadInt(m mem) gpr {
	r := t.newGPR()
	t.read("MOVD", "R", r, m)
	return r
}
