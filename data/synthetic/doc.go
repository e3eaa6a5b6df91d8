// Package synthetic makes small data sets by formula: points in the plane for a
// classifier to separate, numbers for a regression, waves for a network with a
// memory. They need no download, and what is to be learnt of them is known,
// which makes them a good first test of a model.
//
//	[Blobs]    clouds of points                 a linear classifier will do
//	[Circles]  a circle inside a circle         not linear, but a square is enough
//	[Moons]    two half circles that interlock  a few hidden units
//	[Spirals]  arms that wind around each other many hidden units, or two layers
//	[Houses]   areas and prices                 a line
//	[Sines]    waves, and how they go on        a recurrent network
//	[Digits]   pictures of handwritten digits   convolutions
//
// Each makes a [data.Examples] with float32 inputs. Points have the shape [n 2]
// and a class as label; Houses and Sines have targets Y.
//
// # Chance
//
// Noise, and the order of the examples, come from a generator r that the caller
// passes in: the same state of r gives the same set. With r nil the examples are
// in the order of the formula, and there must be no noise. For training and test
// examples of the same kind, call the function twice with the same r, or divide
// one set by [data.StratifiedSplit]; divide it for Blobs whose centres are drawn,
// since each call draws others. Digits takes a seed.
//
// # Drawn digits
//
// The digits of [Digits] need no download and never run out. Each is a few
// curves through designed points, as a hand would draw them, moved by chance:
// every point a little, then the whole by a random linear map. They are easy
// for a person and not for a machine that looks at pixels one by one: a linear
// classifier trained on 10 000 pictures stays near 90 % on unseen ones, while
// two small convolutions exceed 99 %, because what makes a 4 is how its
// strokes meet and not where they are.
package synthetic
