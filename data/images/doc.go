// Package images reads pictures to learn from, and changes them on the fly.
//
// [MNIST] and [CIFAR10] read the classic sets, whose files [Recipes] and
// [data.Download] fetch:
//
//	dir, err := data.Download(ctx, images.Recipes()[0], nil)
//	train, test, err := images.MNIST(dir)
//
// # Files from outside
//
// A file may be cut off, damaged, or made to do harm. Every reader here returns
// an error that names the file, what was wanted and what was there. It looks at
// sizes before it allocates, and each has a limit.
package images
