/** The port `ModelFiles` on a local file system. */
export { createModelDirectory, type ModelDirectoryOptions, type SymlinkPolicy } from './model-directory.ts'
