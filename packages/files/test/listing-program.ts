import { createModelDirectory } from '../src/model-directory.ts'

// Prints which files the root of its argument has, and what could not be looked at; or the code of the error.
const [, , root = ''] = process.argv
const files = createModelDirectory(root, { searchRoots: [`${root}/shared`] })
try {
  const listed = await files.listFiles()
  process.stdout.write(JSON.stringify([listed.files.map(({ file }) => file), listed.unreadable]))
} catch (error) {
  process.stdout.write(JSON.stringify(error instanceof Error && 'code' in error ? error.code : `${error}`))
}
