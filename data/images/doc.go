// Package images reads pictures to learn from, and changes them on the fly.
//
// [MNIST] and [CIFAR10] read the classic sets, whose files [Recipes] and
// [data.Download] fetch. A [Folder] is a set of one's own: a folder of pictures
// for each class, read as they are needed. An [Augment] changes each batch:
//
//	f, err := images.OpenFolder("pets", images.Format{Channels: 3, Height: 32, Width: 32})
//	augment := &images.Augment{FlipHorizontal: 0.5, Pad: 4}
//	train := &data.Loader[data.Batch]{
//		Set: f, Batch: 64, Shuffle: tensor.NewRand(1), Prefetch: 4,
//		Transform: augment.Apply, Seed: 1,
//	}
//
// [Describe] tells how the classes are balanced and which pictures occur twice.
//
// A batch of pictures is [n channels height width], with values from 0 to 1.
//
// # Why change what is right
//
// A cat that looks to the left is a cat, and so is one that looks to the right.
// A model does not know that. It has only the pictures, and with enough weights it
// remembers each of them, pixel by pixel. If the pictures are other ones in each
// epoch, there is nothing to remember but what they share. So an [Augment] says
// what does not matter: where the object is, how it is turned, how bright the day
// was. What does matter must stay: a 6 that is turned by 180 degrees is a 9.
//
// Mixing goes further. Half a cat and half a dog is no picture of anything, and
// yet to answer "half and half" there makes a model smooth between its examples.
// The targets are then probabilities t, and the loss is their cross entropy
// −Σ t log softmax(logits): train with train.Regress(model, loss), where loss is
// the method OfProbs of an nn.CrossEntropyLoss.
//
// # Where a pixel is
//
// A pixel is a little square, and its place is the square's middle: in a row of w
// pixels, pixel i stands at i + ½ of w. All that scales or turns pictures here
// keeps to that, as PyTorch does with align_corners=False. A picture that is made
// twice as large and then half as large is where it was before.
//
// # Chance
//
// Apply takes all chance from the generator that it is given, and a loader gives
// each batch one that depends on the seed, the epoch and the batch alone. The same
// seed gives the same bits, whatever runs at the same time.
//
// # Files from outside
//
// A file may be cut off, damaged, or made to do harm. Every reader here returns
// an error that names the file, what was wanted and what was there. It looks at
// sizes before it allocates, and each has a limit.
package images
