import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import ts from 'typescript'
import { expect, it } from 'vitest'

const SOURCES = join(import.meta.dirname, '..')

/** Members of this name in objects that are not entries. */
const OTHER_OBJECTS = new Map([
  ['upkeep/stats.ts', 'readAt.length'],
  ['evidence/usability.ts', 'evidence'],
  ['change/set-model-state.ts', 'evidence'],
])

/** What the object literals of a file give to a member `evidence`. */
function findWritten(file: string): readonly string[] {
  const text = readFileSync(join(SOURCES, file), 'utf8')
  const source = ts.createSourceFile(file, text, ts.ScriptTarget.Latest, true)
  const written: string[] = []
  const visit = (node: ts.Node): void => {
    // With the key under which it stands: what is known of an entry, and no entry.
    if (ts.isObjectLiteralExpression(node) && node.properties.some(({ name }) => name?.getText() === 'key'))
      return
    if (ts.isPropertyAssignment(node) && node.name.getText() === 'evidence')
      written.push(node.initializer.getText())
    if (ts.isShorthandPropertyAssignment(node) && node.name.text === 'evidence') written.push(node.getText())
    ts.forEachChild(node, visit)
  }
  visit(source)
  return written
}

it('only evidence.ts writes evidence into an entry', () => {
  const files = readdirSync(SOURCES, { recursive: true, encoding: 'utf8' })
    .map((file) => file.replaceAll('\\', '/'))
    .filter((file) => file.endsWith('.ts') && !file.endsWith('.test.ts'))
  expect(files.length).toBeGreaterThan(50)
  const writers = files.flatMap((file) => {
    const written = findWritten(file).filter((value) => value !== OTHER_OBJECTS.get(file))
    return written.length === 0 ? [] : [{ file, written }]
  })
  expect(writers.map(({ file }) => file)).toEqual(['evidence/evidence.ts'])
})
