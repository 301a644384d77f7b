import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'

const REPOSITORY = fileURLToPath(new URL('../../..', import.meta.url))
const RULES = new URL('../../../.dependency-cruiser.mjs', import.meta.url)

type Rooms = Readonly<Record<string, readonly string[]>>

const { ROOMS }: { ROOMS: Readonly<Record<string, Rooms>> } = await import(RULES.href)

/** The tables of ARCHITECTURE.md: below the name of a package, each room and what it may import. */
function readTables(): Readonly<Record<string, Rooms>> {
  const text = readFileSync(join(REPOSITORY, 'ARCHITECTURE.md'), 'utf8')
  const tables = text.matchAll(/^\*\*`([^`]+)`\*\*\n\n((?:\|.*\n)+)/gmu)
  return Object.fromEntries(
    Array.from(tables, ([, packageName = '', table = '']) => [packageName, readRows(table)]),
  )
}

/** What each room is for, by its package and name. */
function readPurposes(): readonly (readonly [room: string, purpose: string])[] {
  const text = readFileSync(join(REPOSITORY, 'ARCHITECTURE.md'), 'utf8')
  const tables = text.matchAll(/^\*\*`([^`]+)`\*\*\n\n((?:\|.*\n)+)/gmu)
  return Array.from(tables).flatMap(([, packageName = '', table = '']) =>
    readCells(table).map(([room = '', purpose = '']) => [`${packageName}/src/${room}`, purpose] as const),
  )
}

function readCells(table: string): readonly (readonly string[])[] {
  const rows = table.trim().split('\n').slice(2)
  return rows.map((row) =>
    row
      .split('|')
      .slice(1, -1)
      .map((cell) => cell.trim()),
  )
}

function readRows(table: string): Rooms {
  const rows = readCells(table).map(([room = '', , imports = '']) => [
    room,
    imports === '' ? [] : imports.split(', '),
  ])
  return Object.fromEntries(rows)
}

/** The folders below `src` that have files of their own. */
function listRooms(directory: string, prefix = ''): readonly string[] {
  const entries = readdirSync(directory, { withFileTypes: true })
  const inside = entries
    .filter((entry) => entry.isDirectory())
    .flatMap(({ name }) => listRooms(join(directory, name), `${prefix}${name}/`))
  const hasFiles = entries.some((entry) => entry.isFile())
  return prefix !== '' && hasFiles ? [prefix.slice(0, -1), ...inside] : inside
}

it('ARCHITECTURE.md says which room may import which, as the rules do', () => {
  expect(readTables()).toEqual(ROOMS)
})

it.each(Object.keys(ROOMS))('the rules name every room of %s', (packageName) => {
  const rooms = listRooms(join(REPOSITORY, packageName, 'src'))
  expect(Object.keys(ROOMS[packageName] ?? {}).sort()).toEqual([...rooms].sort())
})

it.each(readPurposes())('the first file of %s says what the room is for', (room, purpose) => {
  const [first = ''] = readdirSync(join(REPOSITORY, room))
    .filter((name) => name.endsWith('.ts') && !name.includes('.test.'))
    .sort()
  const text = readFileSync(join(REPOSITORY, room, first), 'utf8')
  expect(text.split('\n', 1)).toEqual([`/** Room \`${room.split('/src/')[1]}\`: ${purpose}. */`])
})

it('ARCHITECTURE.md names only files and folders that exist', () => {
  const text = readFileSync(join(REPOSITORY, 'ARCHITECTURE.md'), 'utf8')
  const paths = Array.from(text.matchAll(/`((?:packages|apps|docs)\/[\w./-]+)`/gu), ([, path = '']) => path)
  expect(paths.length).toBeGreaterThan(30)
  expect(paths.filter((path) => !existsSync(join(REPOSITORY, path)))).toEqual([])
})
