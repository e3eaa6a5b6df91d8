package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"os"
	"testing"
	"time"

	"github.com/descent-ml/descent/benchmarks/measure"
)

// peerEnv makes the test binary act as a peer. Its value says whether the peer works
// or how it fails.
const peerEnv = "COMPARE_TEST_PEER"

func TestMain(m *testing.M) {
	if how := os.Getenv(peerEnv); how != "" {
		beAPeer(how)
		return
	}
	os.Exit(m.Run())
}

func beAPeer(how string) {
	for in := bufio.NewScanner(os.Stdin); in.Scan(); {
		switch name := in.Text(); name {
		case "":
			fmt.Println(`{"workload":"","error":"no such workload"}`)
		case "die":
			fmt.Fprintln(os.Stderr, "a warning")
			fmt.Fprintln(os.Stderr, "fatal: out of luck")
			os.Exit(3)
		case "die silently":
			os.Exit(3)
		case "leave":
			os.Exit(0)
		case "hang":
			time.Sleep(time.Minute)
		case "garbage":
			fmt.Println("Loading weights …")
		case "big":
			kept := make([]byte, 64<<20)
			for i := range kept {
				kept[i] = byte(i)
			}
			fmt.Printf(`{"workload":"big","threads":%d,"sec":2,"min":1}`+"\n", kept[1])
		default:
			fmt.Printf(`{"workload":%q,"threads":1,"sec":2,"min":1,"library":%q}`+"\n", name, how)
		}
	}
}

// fake is a peer that answers from a list, in the order of the list.
type fake struct {
	name    string
	answers []measure.Answer
	err     error
	held    []float64 // bytes at each look
	log     *[]string
}

func (f *fake) ask(_ context.Context, workload string) (measure.Answer, error) {
	*f.log = append(*f.log, f.name+" "+workload)
	if f.err != nil {
		return measure.Answer{}, f.err
	}
	a := f.answers[0]
	f.answers = f.answers[1:]
	return a, nil
}

func (f *fake) peakMemory() (float64, error) {
	if len(f.held) == 0 {
		return 0, errors.New("nobody knows")
	}
	h := f.held[0]
	f.held = f.held[1:]
	return h, nil
}

func (f *fake) stop() { *f.log = append(*f.log, f.name+" stopped") }

func (f *fake) library() *library {
	return &library{peer: peer{name: f.name, install: "wish for " + f.name}, asker: f}
}

func took(sec, least float64) measure.Answer {
	return measure.Answer{Result: measure.Result{Sec: sec, Min: least}, Library: "fast v2"}
}
