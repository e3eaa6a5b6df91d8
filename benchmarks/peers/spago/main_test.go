package main

import "testing"

func TestWorkloadsRun(t *testing.T) {
	for _, w := range workloads() {
		t.Run(w.Name, func(*testing.T) { w.Setup()() })
	}
}
