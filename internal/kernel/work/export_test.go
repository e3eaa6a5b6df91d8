package work

// Working returns how many goroutines are at work.
func Working() int { return int(pool.Load().working.Load()) }

// Tidy does what the timer does from time to time: it releases buffers that were
// not used since the last call.
func Tidy() { tidy() }

// Held returns the number of bytes of float32 buffers that nobody has borrowed.
func Held() (bytes int) {
	for i := range buffers {
		buffers[i].f32.filter(func(b *Buffer[float32]) bool {
			bytes += 4 * len(b.mem)
			return true
		})
	}
	return bytes
}
