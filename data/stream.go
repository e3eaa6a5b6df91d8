package data

import (
	"errors"
	"fmt"
	"io"
	"iter"
)

// A Stream deals out the batches of what can only be read from front to back,
// and may be larger than memory: a file, a socket, a generator. It holds one
// batch at a time.
type Stream[B any] struct {
	// Open begins an epoch, whose number counts from 0. It returns a function
	// that makes b the next batch, reusing its memory, and returns io.EOF after
	// the last; and one that is called at the end, or nil. To go on after an
	// interruption, the batches before it are read again: the same epoch must
	// give the same batches.
	Open func(epoch int) (next func(b *B) error, close func() error, err error)

	Length int // batches in an epoch, where it is known; 0 where not

	at     Position
	sought bool // at was set by Seek, and no epoch has begun since
	begun  bool // an epoch has begun that did not come to its end
	batch  B
}

// Batches returns the number of batches in an epoch, or −1 when Length does not
// say it.
func (s *Stream[B]) Batches() int {
	if s.Length > 0 {
		return s.Length
	}
	return -1
}

// Epoch returns one pass over the stream, to be ranged over. An error of Open,
// or of what Open returned, ends the loop and comes without a batch.
func (s *Stream[B]) Epoch() iter.Seq2[*B, error] {
	return func(yield func(*B, error) bool) {
		skip := 0
		switch {
		case s.sought:
			skip = s.at.Batch
		case s.begun: // the loop before was left early
			s.at = Position{Epoch: s.at.Epoch + 1}
		}
		s.sought, s.begun = false, true
		if err := s.pass(skip, yield); err != nil {
			yield(nil, err)
		}
	}
}

// pass yields the batches of an epoch, without the first ones.
func (s *Stream[B]) pass(skip int, yield func(*B, error) bool) (err error) {
	next, end, err := s.Open(s.at.Epoch)
	if err != nil {
		return err
	}
	stopped := false
	if end != nil {
		defer func() {
			if e := end(); !stopped {
				err = errors.Join(err, e)
			}
		}()
	}
	for i := 0; ; i++ {
		switch err := next(&s.batch); {
		case errors.Is(err, io.EOF) && i < skip:
			return fmt.Errorf("the stream ends after %d batches; %d were read before the interruption", i, skip)
		case errors.Is(err, io.EOF):
			s.at, s.begun = Position{Epoch: s.at.Epoch + 1}, false
			return nil
		case err != nil:
			return err
		case i < skip:
			continue
		}
		s.at.Batch++
		if !yield(&s.batch, nil) {
			stopped = true
			return nil
		}
	}
}

// Position returns the place of the batch that comes next.
func (s *Stream[B]) Position() Position { return s.at }

// Seek makes the next epoch the rest of one that was interrupted.
func (s *Stream[B]) Seek(p Position) error {
	if p.Epoch < 0 || p.Batch < 0 {
		return fmt.Errorf("the position in the stream, epoch %d and batch %d, is negative", p.Epoch, p.Batch)
	}
	s.at = Position{Epoch: p.Epoch, Batch: p.Batch}
	s.sought, s.begun = true, false
	return nil
}
