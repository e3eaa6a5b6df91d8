// Package course holds what the lessons share: how they begin, and how they draw.
package course
