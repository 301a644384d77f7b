/** The ports `ModelFiles` and `Volumes` on a local file system. */
export { findAnchorProblem } from './anchor-directory.ts'
export { createModelDirectory, type ModelDirectoryOptions, type SymlinkPolicy } from './model-directory.ts'
export { createVolumes, type VolumesOptions } from './volumes/volumes.ts'
