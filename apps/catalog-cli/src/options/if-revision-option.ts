import { Option } from 'commander'
import { parsePositiveNumber } from './option-values.ts'

/** Whether a model is only changed as it was seen. */
export function createIfRevisionOption(): Option {
  const option = new Option('--if-revision <revision>', 'only if it is still at this revision')
  return option.argParser(parsePositiveNumber)
}
