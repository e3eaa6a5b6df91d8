package work

// Working returns how many goroutines are at work.
func Working() int { return int(pool.Load().working.Load()) }

// Tidy does what the timer does from time to time: it releases buffers that were
// not used since the last call.
func Tidy() { tidy() }

// Held returns the number of bytes of float32 buffers that nobody has borrowed.
func Held() (bytes int) {
	for i := range singles.lists {
		singles.lists[i].filter(func(b *Buffer[float32]) bool {
			bytes += 4 * len(b.mem)
			return true
		})
	}
	return bytes
}

// Unused returns how many buffers of T nobody has borrowed.
func Unused[T any]() (buffers int) {
	s := storeOf[T]()
	for i := range s.lists {
		buffers += s.lists[i].filter(func(*Buffer[T]) bool { return true })
	}
	return buffers
}
