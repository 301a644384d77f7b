export { type FileStoreOptions, openFileStore } from './file-store.ts'
export type { Awaitable, FileSystem, OpenFile, OpenMode } from './file-system.ts'
export { createModelDirectory } from './model-directory.ts'
