/** Room `commands/completion`: completing a command line in a shell. */

import type { Argument, Command, Option } from 'commander'
import { MODEL_COLUMN_NAMES } from '../../show/model-column-names.ts'

/** What may stand in the place of the last word. */
export interface Completion {
  readonly kind: 'words' | 'ids' | 'files'
  /** Of `words`: each with a tab and a description. */
  readonly candidates: readonly string[]
  readonly unfinished: string
}

/** Where the words before the last one lead to. */
interface Place {
  readonly command: Command
  /** How many arguments of the command are there already. */
  readonly argumentCount: number
  /** The option whose value comes next. */
  readonly option: Option | undefined
}

// Written out: completion does not wait for the library.
const STATES = ['Pending', 'Active', 'Retired', 'Failed']
const VALUES: Readonly<Record<string, readonly string[]>> = {
  '--state': STATES,
  '--columns': MODEL_COLUMN_NAMES,
  '--symlinks': ['refuse', 'inside', 'anywhere'],
  '--method': ['reference', 'hard-link', 'reflink'],
}

/** What may come next on a command line, from the definitions of the commands. */
export function findCandidates(program: Command, words: readonly string[]): Completion {
  const unfinished = words.at(-1) ?? ''
  const { command, argumentCount, option } = findPlace(program, words.slice(0, -1))
  const toCompletion = (lines: readonly string[]): Completion => ({
    kind: 'words',
    candidates: lines.filter((line) => line.startsWith(unfinished)),
    unfinished,
  })
  if (option !== undefined) {
    const values = VALUES[option.long ?? ''] ?? option.argChoices
    return values === undefined ? { kind: 'files', candidates: [], unfinished } : toCompletion(values)
  }
  if (unfinished.startsWith('-')) return toCompletion(listOptions(command))
  if (command.commands.length > 0 && argumentCount === 0) return toCompletion(listCommands(command))
  return completeArgument(findArgument(command, argumentCount), toCompletion)
}

function findPlace(program: Command, words: readonly string[]): Place {
  let place: Place = { command: program, argumentCount: 0, option: undefined }
  for (const word of words) place = advance(place, word)
  return place
}

function advance({ command, argumentCount, option }: Place, word: string): Place {
  if (option !== undefined) return { command, argumentCount, option: undefined }
  if (word.startsWith('-')) {
    const named = optionsOf(command).find(({ long, short }) => word === long || word === short)
    return { command, argumentCount, option: named?.required === true ? named : undefined }
  }
  const below = argumentCount === 0 ? command.commands.find((each) => each.name() === word) : undefined
  return below === undefined
    ? { command, argumentCount: argumentCount + 1, option: undefined }
    : { command: below, argumentCount: 0, option: undefined }
}

function optionsOf(command: Command): readonly Option[] {
  const help = command.createHelp()
  return [...help.visibleOptions(command), ...help.visibleGlobalOptions(command)]
}

function listOptions(command: Command): readonly string[] {
  return optionsOf(command).map(({ long, description }) => `${long}\t${description}`)
}

function listCommands(command: Command): readonly string[] {
  const visible = command.createHelp().visibleCommands(command)
  return visible.map((each) => `${each.name()}\t${each.description()}`)
}

function findArgument({ registeredArguments }: Command, count: number): Argument | undefined {
  const last = registeredArguments.at(-1)
  return registeredArguments[count] ?? (last?.variadic === true ? last : undefined)
}

function completeArgument(
  argument: Argument | undefined,
  toCompletion: (lines: readonly string[]) => Completion,
): Completion {
  if (argument === undefined) return toCompletion([])
  if (argument.argChoices !== undefined) return toCompletion(argument.argChoices)
  switch (argument.name()) {
    case 'id':
    case 'reference':
      return { ...toCompletion([]), kind: 'ids' }
    case 'state':
      return toCompletion(STATES)
    default:
      return { ...toCompletion([]), kind: 'files' }
  }
}
