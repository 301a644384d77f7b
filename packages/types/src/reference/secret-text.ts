// A separator that ends the address, as it is or percent-encoded, even twice.
const QUERY_OR_FRAGMENT = /[?#]|%(?:25)*(?:3F|23)/iu
// `;token=…` and `&X-Amz-Signature=…`: a parameter without a `?` before it.
const PARAMETER = /(?:[;&]|%(?:25)*(?:3B|26))[^/;&=]{0,80}?(?:=|%(?:25)*3D)/iu
// A name that says that a secret follows, wherever it stands: `token=…`, `X-Api-Key: …`.
const SECRET_NAME =
  /(?:token|secret|passw(?:or)?d|passwd|passphrase|pwd|signature|credentials?|(?:api|access|account|private|shared)[-_]?key|jwt|(?<![A-Za-z0-9])(?:auth|pass|sas|sig))(?:\s|%20|\+)*(?:=|%(?:25)*3D|:(?:\s|%20|\+))/iu
// Headers and options of curl and wget, pasted along with the address.
const HEADER_OR_OPTION =
  /(?:proxy-)?authorization(?:\s|%20|\+)*(?::|%3A|=)|(?<![A-Za-z])(?:bearer|basic)(?:\s|%20|\+)+[\w.~+/=-]{6,}|cookie(?:\s|%20|\+)*(?::|%3A)|(?:^|\s)(?:-u|-H|--user|--header|--password|--http-password)[\s=]/iu
const CUTS: readonly RegExp[] = [QUERY_OR_FRAGMENT, PARAMETER, HEADER_OR_OPTION]

// What its form alone gives away: tokens of Hugging Face, GitHub, GitLab, OpenAI, AWS and Slack, and JSON Web Tokens.
const TOKEN =
  /(?<![A-Za-z0-9])(?:hf(?:_|%5F)(?=[A-Za-z0-9]*[A-Z0-9])[A-Za-z0-9]{8,}|gh[opsru](?:_|%5F)[A-Za-z0-9]{8,}|github_pat_\w{8,}|glpat-[\w-]{8,}|sk-[\w-]{16,}|(?:AKIA|ASIA)[A-Z0-9]{12,}|xox[abprs]-[\w-]{8,}|eyJ[\w-]{8,}\.[\w.-]+)[\w-]*/gu

/**
 * The text with an ASCII character in the place of each that is one by compatibility (`？` for `?`), of the same length:
 * browsers and people take one for the other, and what follows is no less secret.
 */
export function toAscii(text: string): string {
  return text.replace(/[\u0080-\uFFFF]/gu, (character) => {
    const plain = character.normalize('NFKC')
    // Not for `／` and `＼`: they would end the part in which a user and a password may stand.
    return plain.length === 1 && plain < '\u0080' && !/[\\/]/u.test(plain) ? plain : character
  })
}

/** Where in an ASCII text something may begin that is a secret; the length of the text if nowhere. */
export function findSecretStart(text: string): number {
  return Math.min(findNameStart(text), ...CUTS.map((cut) => cut.exec(text)?.index ?? text.length))
}

/** Where the name begins that a secret follows: all of `X-Amz-Security-Token`. */
function findNameStart(text: string): number {
  const index = SECRET_NAME.exec(text)?.index ?? text.length
  if (index === text.length) return index
  const before = text.slice(Math.max(0, index - 64), index)
  return index - (/[\w.-]*$/u.exec(before)?.[0].length ?? 0)
}

/** The text with `…` in the place of what looks like a token; the same text if nothing does. */
export function hideTokens(text: string): string {
  return text.replace(TOKEN, '…')
}
