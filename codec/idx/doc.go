// Package idx reads and writes IDX files: arrays of bytes with up to four axes,
// the format of MNIST and the data sets that imitate it.
//
// # The format
//
// A file has three parts and nothing else, and every number is big-endian:
//
//	4 bytes    00 00, the element type (08: unsigned byte), the number of axes
//	4 bytes…   the length of each axis
//	the rest   the elements, row-major
//
// A file of images has the axes [n rows columns], a file of labels the axis [n].
// It is described at the end of http://yann.lecun.com/exdb/mnist/. The format
// knows other element types as well; they are an error here, which names them.
// Files are usually compressed with gzip. The reader finds that out by itself.
//
// # Trust
//
// A file may come from anywhere. A header that promises more than arrives costs
// no memory. A file that is cut off, that goes on after its last element, or whose
// checksum is wrong is an error that says what was wanted and what was there. No
// file is read that holds more than 1 GiB.
//
// [Read] returns a whole file. [Open] leaves it to the caller how much of a file is
// read, so that the first pictures of a large file take little memory.
package idx
