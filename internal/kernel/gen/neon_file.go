package main

import (
	"bytes"
	"fmt"
)

// A neonFile is a file of NEON functions. Their Go declarations go to stubs.
type neonFile struct {
	text      bytes.Buffer
	stubs     *bytes.Buffer
	constants []uint64       // a vector holds each twice
	offsets   map[uint64]int // of constants, in bytes
}

func newNEONFile(stubs *bytes.Buffer) *neonFile {
	f := &neonFile{stubs: stubs, offsets: map[uint64]int{}}
	fmt.Fprint(&f.text, header("!purego"), "#include \"textflag.h\"\n")
	return f
}

// constant returns the place of a vector whose lanes are b.
func (f *neonFile) constant(b uint64, elem int) int {
	if elem == 4 {
		b |= b << 32
	}
	offset, ok := f.offsets[b]
	if !ok {
		offset = 16 * len(f.constants)
		f.offsets[b] = offset
		f.constants = append(f.constants, b)
	}
	return offset
}

// function adds a function whose instructions have real registers.
func (f *neonFile) function(name, doc, signature string, frame, elem int, code []inst) {
	fmt.Fprintf(f.stubs, "\n// %s is %s\n//\n//go:noescape\nfunc %[1]s%[3]s\n", name, doc, signature)
	fmt.Fprintf(&f.text, "\n// func %s%s\nTEXT ·%[1]s(SB), NOSPLIT, $0-%[3]d\n", name, signature, frame)
	for _, i := range code {
		switch {
		case i.place != "":
			fmt.Fprintf(&f.text, "\n%s:\n", i.place)
		case i.op != nil:
			var x []int
			for _, a := range i.args {
				x = append(x, a.(int))
			}
			word, text := i.op.encode(elem, x)
			fmt.Fprintf(&f.text, "\tWORD $0x%08x // %s\n", word, text)
		default:
			fmt.Fprintf(&f.text, "\t"+i.format+"\n", i.args...)
		}
	}
}

// end adds the constants.
func (f *neonFile) end() {
	if len(f.constants) == 0 {
		return
	}
	fmt.Fprintln(&f.text)
	for i, c := range f.constants {
		fmt.Fprintf(&f.text, "DATA constants<>+%d(SB)/8, $0x%016x\nDATA constants<>+%d(SB)/8, $0x%016x\n", 16*i, c, 16*i+8, c)
	}
	fmt.Fprintf(&f.text, "GLOBL constants<>(SB), RODATA|NOPTR, $%d\n", 16*len(f.constants))
}
