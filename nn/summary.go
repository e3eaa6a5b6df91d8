package nn

import (
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/descent-ml/descent/autograd"
	"github.com/descent-ml/descent/tensor"
)

// A SummaryRow is a layer, or an operation between layers.
type SummaryRow struct {
	Name   string // as in the state: "fc1"; empty for operations without parameters
	Op     string // "unused" for a layer that the model did not apply
	Shape  []int  // of the output
	Params int    // the number of weights; a row does not count those of rows before it
	MACs   int    // multiply-adds of one forward pass
}

// A ModelSummary is a table of what a model does with an input.
type ModelSummary struct {
	Input []int
	Rows  []SummaryRow
}

// Summary applies a model to an input of zeros, in training, and returns what
// the model did. The shape is that of the input, with the batch. Summary changes
// neither running statistics nor generators of the model.
func Summary(model Layer, shape ...int) *ModelSummary {
	params, names := NamedParams(model), map[*autograd.Param]string{}
	dt := tensor.Float32
	for name, p := range params {
		if len(names) == 0 {
			dt = p.Value.DType()
		}
		names[p] = name
	}
	tape := autograd.NewTape()
	s := &ModelSummary{Input: append([]int{}, shape...)}
	var y autograd.Var
	tape.Rehearse(func() { y = model.Forward(tape.Const(tensor.ZerosOf(dt, shape...))) })
	counted := map[*autograd.Param]bool{}
	for _, v := range operations(tape, y) {
		s.add(v, names, counted)
	}
	for name, p := range params {
		if !counted[p] {
			s.join(SummaryRow{Name: layerOf(name), Op: "unused", Params: p.Value.Len()})
		}
	}
	return s
}

// operations returns the operations that computed y, without views that nothing
// uses, as that of the final state of an LSTM.
func operations(tape *autograd.Tape, y autograd.Var) []autograd.Var {
	all := slices.Collect(tape.Operations())
	used := map[autograd.Var]bool{y: true}
	for i, v := range slices.Backward(all) {
		if op, _ := v.Op(); (op == "slice" || op == "squeeze") && !used[v] {
			all[i] = autograd.Var{}
			continue
		}
		for _, x := range v.Operands() {
			used[x] = true
		}
	}
	return slices.DeleteFunc(all, autograd.Var.IsZero)
}

// add appends the operation that made v.
func (s *ModelSummary) add(v autograd.Var, names map[*autograd.Param]string, counted map[*autograd.Param]bool) {
	if origin(v) != nil {
		return // a view of a parameter
	}
	op, _ := v.Op()
	if op == "slice" {
		// The value of an LSTM ends with its last cell state, and the slice cuts
		// it off.
		if x := v.Operands()[0]; opOf(x) == "lstm" && v.Dim(0) == x.Dim(0)-1 {
			s.Rows[len(s.Rows)-1].Shape = append([]int{}, v.Shape()...)
			return
		}
	}
	row := SummaryRow{Op: op, Shape: append([]int{}, v.Shape()...), MACs: macs(op, v)}
	for _, x := range v.Operands() {
		p := origin(x)
		name, ok := names[p]
		if !ok {
			continue
		}
		if row.Name == "" {
			row.Name = layerOf(name)
		}
		if !counted[p] {
			counted[p] = true
			row.Params += p.Value.Len()
		}
	}
	s.join(row)
}

func opOf(x autograd.Var) string {
	name, _ := x.Op()
	return name
}

// join appends a row. When the row belongs to the same layer as the last one,
// join adds it to that.
func (s *ModelSummary) join(row SummaryRow) {
	if n := len(s.Rows); n > 0 {
		last := &s.Rows[n-1]
		if row.Name != "" && last.Name == row.Name && (last.Op == "unused") == (row.Op == "unused") {
			last.Name, last.Shape = row.Name, row.Shape
			last.Params += row.Params
			last.MACs += row.MACs
			return
		}
	}
	s.Rows = append(s.Rows, row)
}

// origin returns the parameter that x is, or is a view of.
func origin(x autograd.Var) *autograd.Param {
	for {
		if p := x.Param(); p != nil {
			return p
		}
		switch op, _ := x.Op(); op {
		case "reshape", "squeeze", "unsqueeze", "transpose", "permute", "expand", "slice":
			x = x.Operands()[0]
		default:
			return nil
		}
	}
}

// layerOf drops the last part of a name: fc1.weight belongs to fc1.
func layerOf(name string) string {
	if i := strings.LastIndexByte(name, '.'); i >= 0 {
		return name[:i]
	}
	return name
}

// macs returns the multiply-adds of the operation that made v.
func macs(op string, v autograd.Var) int {
	n := v.Value().Len()
	switch in := v.Operands(); op {
	case "matmul", "linear":
		return n * in[0].Dim(-1)
	case "conv2d":
		w := in[1].Value()
		return n * (w.Len() / w.Dim(0))
	case "lstm", "gru", "rnn":
		return in[0].Dim(0) * in[0].Dim(1) * (in[1].Value().Len() + in[2].Value().Len())
	case "attention":
		return (n + in[0].Value().Len()) * in[1].Dim(2)
	case "attention-weights":
		return n * in[0].Dim(3)
	case "self-attention":
		return 2 * n * in[0].Dim(1)
	}
	return 0
}

// Params returns the number of weights in the model, each counted once.
func (s *ModelSummary) Params() (n int) {
	for _, r := range s.Rows {
		n += r.Params
	}
	return n
}

// MACs returns the multiply-adds of one forward pass.
func (s *ModelSummary) MACs() (n int) {
	for _, r := range s.Rows {
		n += r.MACs
	}
	return n
}

// String draws the table.
func (s *ModelSummary) String() string {
	table := [][5]string{{"layer", "op", "output", "parameters", "multiply-adds"}, {"", "input", fmt.Sprint(s.Input)}}
	for _, r := range s.Rows {
		shape := ""
		if r.Op != "unused" {
			shape = fmt.Sprint(r.Shape)
		}
		table = append(table, [5]string{r.Name, r.Op, shape, blankZero(r.Params), blankZero(r.MACs)})
	}
	table = append(table, [5]string{"", "total", "", thousands(s.Params()), thousands(s.MACs())})
	var widths [5]int
	for _, line := range table {
		for i, cell := range line {
			widths[i] = max(widths[i], utf8.RuneCountInString(cell))
		}
	}
	var b strings.Builder
	for _, line := range table {
		text := fmt.Sprintf("%-*s  %-*s  %-*s  %*s  %*s", widths[0], line[0], widths[1], line[1], widths[2], line[2], widths[3], line[3], widths[4], line[4])
		b.WriteString(strings.TrimRight(text, " ") + "\n")
	}
	return b.String()
}

func blankZero(n int) string {
	if n == 0 {
		return ""
	}
	return thousands(n)
}

// thousands writes n with commas.
func thousands(n int) string {
	s := fmt.Sprint(n)
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}
