import type { ModelFacts } from 'model-catalog'
import { formatCount } from '../text/count.ts'
import { formatParameters } from '../text/parameters.ts'
import { toPrintable } from '../text/printable.ts'

type Field = readonly [name: string, value: string | undefined]

/** What the headers of a model's files say, a field a line. */
export function listFactFields(facts: ModelFacts | undefined): readonly Field[] {
  if (facts === undefined) return []
  const { format, architecture, parameters, quantisation, contextLength, tokenizer, tensorCount } = facts
  const tensors = tensorCount === undefined ? '' : `, ${formatCount(tensorCount, 'tensor')}`
  return [
    ['format', `${toPrintable(format)}${tensors}`],
    ['architecture', architecture && toPrintable(architecture)],
    ['parameters', parameters === undefined ? undefined : formatExactParameters(parameters)],
    ['quantisation', quantisation && toPrintable(quantisation)],
    ['context', contextLength === undefined ? undefined : formatCount(contextLength, 'token')],
    ['tokenizer', tokenizer && toPrintable(tokenizer)],
    ['licence', facts.licence && toPrintable(facts.licence)],
    ['header name', facts.name && toPrintable(facts.name)],
  ]
}

function formatExactParameters(count: number): string {
  const text = formatParameters(count)
  return text === String(count) ? text : `${text} (${count})`
}
