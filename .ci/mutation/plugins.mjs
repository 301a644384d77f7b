const REASON = 'What a message says may change; tests assert codes and details.'
/** `MUTATION_SAMPLE=8` tries one of eight statements: an estimate of the score in less than an hour. */
const SAMPLE = Number(process.env['MUTATION_SAMPLE'] ?? '1')
/** Functions that make an error of a place or a field, and of what is wrong there. */
const PROBLEMS = new Set(['createProblem', 'createDamaged', 'createDamagedAt'])
const PROSE = new Set(['message', 'problem', 'text', 'hint', 'what', 'who'])

class SurvivorReporter {
  onMutantTested({ status, fileName, location, mutatorName, replacement }) {
    if (status !== 'Survived' && status !== 'NoCoverage') return
    const { line, column } = location.start
    const path = fileName.slice(process.cwd().length + 1)
    console.log(`${path}:${line}:${column} ${status} ${mutatorName} ${replacement}`)
  }
}

export const strykerPlugins = [
  /** Leaves the words of messages as they are: `const message = …`, `text: …`, the message of `new …Error(…)`, and a problem. */
  {
    kind: 'Ignore',
    name: 'prose',
    value: { shouldIgnore: (path) => (isProse(path) ? REASON : undefined) },
  },
  {
    kind: 'Ignore',
    name: 'sample',
    value: { shouldIgnore: (path) => (isOutOfSample(path) ? 'It is not in the sample.' : undefined) },
  },
  /** Prints each survivor when it is found. */
  { kind: 'Reporter', name: 'survivors', injectableClass: SurvivorReporter },
]

/** By statements of functions, and by functions of one expression. */
function isOutOfSample({ node, parent, parentPath }) {
  const isStatement = parent?.type === 'BlockStatement' && parentPath.parentPath?.isFunction()
  const isExpression = parentPath?.isArrowFunctionExpression() && !parentPath.getFunctionParent()
  return (
    (isStatement || (isExpression && parent.body === node)) && (node.start ^ (node.start >> 3)) % SAMPLE !== 0
  )
}

function isProse({ node, parent }) {
  const isText = node.type === 'StringLiteral' || node.type === 'TemplateLiteral'
  switch (parent?.type) {
    case 'VariableDeclarator':
      return parent.init === node && PROSE.has(parent.id.name)
    case 'ObjectProperty':
      return isText && parent.value === node && PROSE.has(parent.key.name)
    case 'NewExpression':
      return isText && parent.arguments[messagePosition(parent.callee.name)] === node
    case 'CallExpression':
      return isText && parent.arguments[1] === node && PROBLEMS.has(parent.callee.name)
    default:
      return false
  }
}

/** Which argument of `new name(…)` is a message: `CatalogError` takes its code first. */
function messagePosition(name) {
  if (name === 'CatalogError') return 1
  return /(Error|OutdatedAction)$/u.test(name) ? 0 : undefined
}
