// Package work shares work among goroutines, and lends memory to it. It knows
// nothing of numbers; package kernel says what the work is.
//
// # Threads
//
// Work that falls into parts is a [Task], and [Run] does its parts on as many
// goroutines as GOMAXPROCS allows. The goroutines are started once and kept;
// they wait for a moment before they sleep, because the next work of a training
// step is near. How work falls into parts depends on its shape alone, never on
// the number of goroutines, and so results are the same bits for any of them.
//
// # Memory
//
// A training step repeats the same work many thousand times, and must not
// allocate. What it needs for a while is kept between calls: working memory is
// lent by [Borrow] and taken back by [Return], and the tasks themselves lie in
// [Tasks], from which [Do] takes one, runs it, and puts it back.
package work
