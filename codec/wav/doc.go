// Package wav reads and writes WAVE files: sound as it is sampled, many thousand
// times a second.
//
// # The format
//
// A file is a list of chunks, each a name of four letters, a length and so many
// bytes, with one more where the length is odd. Numbers are little-endian.
//
//	RIFF size WAVE
//	fmt  size    the type of samples, the number of channels, frames a second, bits of a sample
//	data size    the samples: the first of each channel, the second of each channel, …
//
// The samples of one moment, one for each channel, are a frame. Chunks with other
// names hold titles, markers and the like, and are skipped. The format is described in
// https://www.mmsp.ece.mcgill.ca/Documents/AudioFormats/WAVE/WAVE.html.
//
// # Samples
//
// A sample is a float32. An integer is divided by the power of two that makes −1 of
// the smallest one, so that it lies in [−1, 1):
//
//	PCM8             (s − 128) / 2⁷, since these are unsigned
//	PCM16            s / 2¹⁵
//	PCM24            s / 2²³
//	PCM32            s / 2³¹, rounded to float32; so the largest ones become 1
//	Float32          as it is, also outside of [−1, 1]
//	Float64          rounded to float32
//
// These are the numbers that torchaudio.load gives, which took them from libsndfile,
// and soundfile.read(dtype="float32"). SciPy's wavfile.read gives the s.
//
// # Trust
//
// A file may come from anywhere. Memory grows with the bytes that arrive, not with the
// lengths in the file. [ReadFile] takes that of the samples, 4 bytes each, and [Read],
// which does not know how much will come, up to three times as much for a moment. [Open]
// and [Reader.Next] read a sound of any length in constant memory.
//
// Lengths that lie are errors that say what was wanted and what was there, with these
// exceptions. The length after RIFF is not looked at, because it adds nothing and is
// often wrong. A data chunk of 2³² − 1 bytes, which is what a program writes that does
// not know the length yet, goes to the end of the file.
//
// Not read are compressed samples, files of more than 4 GB (RF64) and big-endian ones
// (RIFX); an error says so.
package wav
