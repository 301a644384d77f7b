// What `changeset version` writes into a CHANGELOG.md: the sentences of the changesets, without the names of commits.

module.exports = {
  async getReleaseLine({ summary }) {
    const [first, ...rest] = summary.trim().split('\n')
    return [`- ${first}`, ...rest.map((line) => (line === '' ? '' : `  ${line}`))].join('\n')
  },
  async getDependencyReleaseLine(_changesets, dependencies) {
    if (dependencies.length === 0) return ''
    return `- Depends on ${dependencies.map(({ name, newVersion }) => `${name} ${newVersion}`).join(', ')}`
  },
}
