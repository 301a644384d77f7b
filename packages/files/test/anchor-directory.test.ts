import { writeFile } from 'node:fs/promises'
import { useTemporaryDirectory } from '@catalog/testkit'
import { expect, it } from 'vitest'
import { findAnchorProblem } from '../src/anchor-directory.ts'

const directory = useTemporaryDirectory()

it('a directory that can be written may have an anchor, a missing one and a file cannot', async () => {
  await writeFile(directory.at('file'), '')
  expect(await findAnchorProblem(directory.path)).toBeUndefined()
  expect(await findAnchorProblem(directory.at('missing'))).toBe('does not exist')
  expect(await findAnchorProblem(directory.at('file/below'))).toBe('does not exist')
  expect(await findAnchorProblem(directory.at('file'))).toBe('is not a directory')
})
