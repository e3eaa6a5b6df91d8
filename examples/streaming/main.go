// Streaming learns from examples as they come, one by one, while the rule behind
// them changes: how late an answer may be, how fast a net follows, what it forgets,
// and which old examples are worth showing it again.
//
//	go run ./examples/streaming [-out folder]
package main

import (
	"context"
	"io"
	"math"
	"path/filepath"
	"runtime"
	"slices"
	"time"

	"github.com/descent-ml/descent/autograd"
	"github.com/descent-ml/descent/data"
	"github.com/descent-ml/descent/examples/internal/course"
	"github.com/descent-ml/descent/nn"
	"github.com/descent-ml/descent/optim"
	"github.com/descent-ml/descent/tensor"
	"github.com/descent-ml/descent/train"
)

func main() {
	course.Main("streaming", func(out io.Writer, folder string) error { return lesson(out, folder, 1, 2000) })
}

// An example is a point of the plane, and its class, 0 or 1.
type example struct {
	x     [2]float32
	label int
}

const (
	kept   = 200 // old examples that a learner keeps
	replay = 8   // how many of them it sees again with each new one
	every  = 500 // new examples from one retraining to the next
)

// kinds are the ways to learn that are compared.
var kinds = []string{"frozen", "online", "window", "reservoir", "retrain"}

// A learner answers and learns, example by example.
type learner struct {
	kind   string
	until  int // a frozen one learns only so many examples
	net    nn.Sequential
	opt    optim.Optimizer
	tape   *autograd.Tape
	asked  *tensor.Tensor // the example to answer, [1 2]
	x      *tensor.Tensor // the new example and old ones, [rows 2]
	labels []int
	old    []example
	seen   int
	r      *tensor.Rand
	drawn  []int
}

func newLearner(kind string, until int, seed uint64) *learner {
	l := &learner{kind: kind, until: until, tape: autograd.NewTape(), asked: tensor.Zeros(1, 2), r: tensor.NewRand(seed), drawn: make([]int, 1)}
	rows := 1
	if kind == "window" || kind == "reservoir" {
		rows += replay
	}
	l.x, l.labels = tensor.Zeros(rows, 2), make([]int, rows)
	l.begin()
	return l
}

// begin draws a new net.
func (l *learner) begin() {
	l.net = nn.Sequential{nn.NewLinear(l.r, 2, 16), nn.Tanh{}, nn.NewLinear(l.r, 16, 2)}
	l.opt = optim.NewSGD(nn.Params(l.net), optim.SGD{LR: 0.1})
}

// predict returns the class that the net gives an example.
func (l *learner) predict(e example) int {
	copy(tensor.Data[float32](l.asked), e.x[:])
	l.tape.Reset()
	before := l.tape.SetRecording(false)
	y := tensor.Data[float32](l.net.Forward(l.tape.Const(l.asked)).Value())
	l.tape.SetRecording(before)
	if y[1] > y[0] {
		return 1
	}
	return 0
}

// draw returns a number below n.
func (l *learner) draw(n int) int {
	l.r.Randint(l.drawn, 0, n)
	return l.drawn[0]
}

// learn takes one step of descent on a new example, together with old ones.
func (l *learner) learn(e example) error {
	l.seen++
	if l.kind == "frozen" && l.seen > l.until {
		return nil
	}
	if l.kind == "retrain" {
		if l.old = append(l.old, e); len(l.old) < every {
			return nil
		}
		defer func() { l.old = l.old[:0] }()
		return l.retrain()
	}
	now := e
	for row := range l.labels {
		if row > 0 && len(l.old) > 0 {
			e = l.old[l.draw(len(l.old))]
		}
		copy(tensor.Data[float32](l.x)[2*row:], e.x[:])
		l.labels[row] = e.label
	}
	l.tape.Reset()
	l.opt.Step(nn.CrossEntropy(l.net.Forward(l.tape.Const(l.x)), l.labels).Backward())
	l.keep(now)
	return nil
}

// keep stores an example: a window has the last ones, and a reservoir a fair
// sample of all, in which the n-th example gets a place with probability kept/n.
func (l *learner) keep(e example) {
	place := (l.seen - 1) % kept
	if l.kind == "reservoir" {
		place = l.draw(l.seen)
	}
	if len(l.old) < kept {
		l.old = append(l.old, e)
	} else if place < kept {
		l.old[place] = e
	}
}

// retrain draws a new net and fits it to the examples since the last time.
func (l *learner) retrain() error {
	l.begin()
	set := &data.Examples{X: tensor.Zeros(len(l.old), 2), Labels: make([]int, len(l.old)), Classes: 2}
	for i, e := range l.old {
		copy(tensor.Data[float32](set.X)[2*i:], e.x[:])
		set.Labels[i] = e.label
	}
	_, err := (&train.Fit[data.Batch]{
		Model: l.net, Objective: train.Classify(l.net, nn.CrossEntropy), Opt: l.opt, Epochs: 10,
		Train: &data.Loader[data.Batch]{Set: set, Batch: 10, Shuffle: l.r},
	}).Run(context.Background())
	return err
}

// turning draws a stream whose rule turns: the class tells on which side of a line
// through the origin a point lies. The line rests, turns by 180°, and rests again.
func turning(phase int, r *tensor.Rand) (stream []example) {
	for i := range 3 * phase {
		angle := math.Pi * min(max(float64(i-phase)/float64(phase), 0), 1)
		stream = append(stream, point(0, angle, r))
	}
	return stream
}

// season draws n points around (−2, 0), where the upper half is class 1, or around
// (2, 0), where the lower half is. The rules contradict each other nowhere.
func season(second bool, n int, r *tensor.Rand) (stream []example) {
	for range n {
		if second {
			stream = append(stream, point(2, -math.Pi/2, r))
		} else {
			stream = append(stream, point(-2, math.Pi/2, r))
		}
	}
	return stream
}

// point draws a point around (centre, 0). Its class is 1 in the direction angle.
func point(centre, angle float64, r *tensor.Rand) (e example) {
	dx, dy := r.NormalFloat64()*0.7, r.NormalFloat64()*0.7
	if dx*math.Cos(angle)+dy*math.Sin(angle) > 0 {
		e.label = 1
	}
	e.x = [2]float32{float32(centre + dx), float32(dy)}
	return e
}

// follow lets a learner answer each example before it learns it, and returns
// whether the answers were right: 1 or 0.
func (l *learner) follow(stream []example) (right []float64, err error) {
	for _, e := range stream {
		if l.predict(e) == e.label {
			right = append(right, 1)
		} else {
			right = append(right, 0)
		}
		if err := l.learn(e); err != nil {
			return nil, err
		}
	}
	return right, nil
}

// accuracy returns the share of right answers, without learning.
func (l *learner) accuracy(test []example) (share float64) {
	for _, e := range test {
		if l.predict(e) == e.label {
			share += 1 / float64(len(test))
		}
	}
	return share
}

// A pace is how long a learner takes to answer and to learn one example, in
// microseconds, and how often it asks for memory. 1 in 500 takes rarest or more.
type pace struct{ median, mean, percentile99, rarest, allocations float64 }

func measure(kind string, seed uint64, n int) (p pace, err error) {
	l := newLearner(kind, 0, seed)
	stream := season(false, n+every, tensor.NewRand(seed))
	for _, e := range stream[:every] { // to warm up
		l.predict(e)
		if err := l.learn(e); err != nil {
			return p, err
		}
	}
	times := make([]float64, n)
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	for i, e := range stream[every:] {
		start := time.Now()
		l.predict(e)
		if err := l.learn(e); err != nil {
			return p, err
		}
		times[i] = float64(time.Since(start).Nanoseconds()) / 1000
		p.mean += times[i] / float64(n)
	}
	runtime.ReadMemStats(&after)
	slices.Sort(times)
	p.median, p.percentile99, p.rarest = times[n/2], times[n*99/100], times[n-n/every]
	p.allocations = float64(after.Mallocs-before.Mallocs) / float64(n)
	return p, nil
}

// lesson has three phases of n examples each, n a multiple of 500.
func lesson(out io.Writer, folder string, seed uint64, n int) error {
	say := course.Printer(out)
	say("1. THE STREAM\n\nExamples come one by one, and each wants an answer now. Its true class comes a moment")
	say("later. So each example is first a test, then a lesson: what is measured on it is honest,")
	say("since the net has not seen it yet. A point of the plane is of class 1 when it lies on")
	say("one side of a line. For %d examples the line rests; during the next %d it turns by", n, n)
	say("180°, until every answer is the opposite of what it was; then it rests again. Five")
	say("learners, nets of 16 hidden units that descend (SGD) at a rate of 0.1:\n")
	say("    frozen      learns during the first %d examples, and never again", n)
	say("    online      one step on each example, which is then forgotten")
	say("    window      one step on it and %d others, drawn from the last %d", replay, kept)
	say("    reservoir   one step on it and %d others, drawn from %d that are a fair sample of all", replay, kept)
	say("    retrain     a new net after every %d examples, fitted to these in 10 epochs\n", every)

	say("2. DRIFT\n\nShare of right answers. A coin has 0.50:\n")
	say("    learner     at rest   turning, 1st half   2nd half   at rest again   the last %d", n/2)
	chart := course.Chart{Title: "The rule turns by 180° in the middle third", X: "example", Y: "right answers among the last 100", LegendLeft: true, LegendBottom: true}
	after := map[string]float64{}
	for _, kind := range kinds {
		right, err := newLearner(kind, n, seed).follow(turning(n, tensor.NewRand(seed+1000)))
		if err != nil {
			return err
		}
		after[kind] = course.Mean(right[5*n/2:])
		say("    %-9s %9.2f %19.2f %10.2f %15.2f %12.2f", kind, course.Mean(right[n/2:n]), course.Mean(right[n:3*n/2]), course.Mean(right[3*n/2:2*n]), course.Mean(right[2*n:5*n/2]), after[kind])
		curve := course.Curve{Name: kind}
		for i := 100; i <= 3*n; i += 20 {
			curve.X, curve.Y = append(curve.X, float64(i)), append(curve.Y, course.Mean(right[i-100:i]))
		}
		chart.Curves = append(chart.Curves, curve)
	}
	path := filepath.Join(folder, "streaming.png")
	if err := chart.Save(path); err != nil {
		return err
	}
	say("\nThe frozen net ends at %.2f: worse than a coin. One step on each example is enough to", after["frozen"])
	say("follow. A new net every %d examples comes late. And the reservoir is held back by its", every)
	say("memory: old examples, once right, are wrong now.")
	say("The course of all five is drawn in %s.\n", path)

	say("3. FORGETTING\n\nNow no rule changes, but the places do: first come %d points around (−2, 0), of class 1", n)
	say("if above, then %d around (2, 0), of class 1 if below. After the second season, on new", n)
	say("points of both:\n\n    learner     the second season           the first, not seen for long")
	first := map[string]float64{}
	for _, kind := range kinds[1:] {
		l, r := newLearner(kind, n, seed), tensor.NewRand(seed+2000)
		for _, second := range []bool{false, true} {
			if _, err := l.follow(season(second, n, r)); err != nil {
				return err
			}
		}
		now, then := l.accuracy(season(true, 500, r)), l.accuracy(season(false, 500, r))
		first[kind] = then
		say("    %-9s   %.2f %s   %.2f %s", kind, now, course.Bar(now, 20), then, course.Bar(then, 20))
	}
	say("\nThe same 16 units can hold both rules: with a reservoir they do (%.2f). Without old", first["reservoir"])
	say("examples each step bends the net a little at the old place too, where nothing holds it")
	say("(%.2f). That is called catastrophic forgetting; to show old examples again is replay.\n", first["online"])

	say("4. WHICH OLD EXAMPLES\n\n    learner     after the drift   first season remembered")
	for _, kind := range kinds[1:] {
		say("    %-9s %17.2f %25.2f", kind, after[kind], first[kind])
	}
	say("\nNo row has both. Where old examples stay true, keep a sample of all that came. Where")
	say("the rule itself changes, keep the last ones only.\n")

	say("5. HOW LATE\n\nTime for the answer to an example and the step on it, over %d examples, on this", n)
	say("machine now. 99 %% of all are at most as late as the 99th percentile:\n")
	say("    learner        median         mean   99th percentile   99.8th   allocations")
	var slow pace
	for _, kind := range kinds[1:] {
		p, err := measure(kind, seed, n)
		if err != nil {
			return err
		}
		slow = p
		say("    %-9s %9.1f µs %9.1f µs %14.1f µs %8.0f %13.1f", kind, p.median, p.mean, p.percentile99, p.rarest, p.allocations)
	}
	say("\nOne step takes no new memory from the heap, so that no garbage has to be collected")
	say("in the middle of it. Who retrains answers fast, but 1 in %d waits for the training, at", every)
	say("least %.0f times the median. The 99th percentile does not show it: such a number is a", slow.rarest/slow.median)
	say("promise only together with how many may be later.\n")

	say("6. THE ANSWER\n\nThe article says: real-time computing, stream computing. That moves the data. Whether the")
	say("answers stay right is another matter: without learning %.2f, with one step for each", after["frozen"])
	say("example %.2f; and of what it learnt before, %.2f without replay and %.2f with it.", after["online"], first["online"], first["reservoir"])
	return nil
}
