// Plain English: comments, Markdown, error messages and names of tests avoid the words listed below.
// See CONTRIBUTING.md.
import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import path from 'node:path'
import { root } from './needs.js'

/** Columns of a comment, and of any other line. A Markdown table or link can't be wrapped. */
const widest = { comment: 100, line: 120 }

/** Words that make a reader read twice, and the words to write instead. */
const everywhere = [
  [/\b(?:say|says|said|tell|tells|told)\b/gi, '"states", "reports", "reads", "notifies", "sends"'],
  [/\b(?:hear|hears|heard)\b/gi, '"receives", "learns", "is notified"'],
  [/\b(?:nobody|somebody|whoever|anybody)\b/gi, 'the caller, the client, a subscriber, no subscriber'],
  [/\banew\b/gi, '"again"'],
  [/\bby now\b/gi, '"already", "since"'],
  [/\bany ?more\b/gi, '"no longer", or nothing'],
  [/\bso (?:many|often)\b/gi, 'the limit, the count, "n times"'],
  [/\b(?:goes|gone|going|go) on\b/gi, '"continues"'],
  [/\b(?:is|are) none\b|\bnone of (?:ours|it|them|those|these)\b/gi, '"is invalid", "isn\'t one", "no …"'],
  [/\bbeneath\b/gi, '"under"'],
  [/\b(?:came|comes|become|became|becomes) of\b/gi, '"the outcome of", "happens to"'],
  [/(?:^|[,;:.(] )where (?!(?:to|it is|they are) )/gim, '"if", "when", "in which"'],
  [
    /\bwhere (?:it|that|they|there|this|these|those|a|an|the|its|no|one|we|nothing|anything) /gi,
    '"if", "when", "in which"',
  ],
]

/** The same for the sentences of comments and Markdown only. */
const inSentences = [
  [/(?:^|[.!?] |\/\*\* |\/\/ |^\s*\* )(?:What|Whoever|Who) (?!is the|does)/gm, 'the thing itself as the subject'],
]

const skipped = /(?:^|\/)(?:package-lock\.json|LICENSE)$|^scripts\/prose\.js$|\/original-forms\.ts$/

/** Each place that isn't plain, in words. `names` limits it to files that begin with one of them. */
function faultsOfProse(names) {
  return execFileSync('git', ['ls-files'], { cwd: root, encoding: 'utf8' })
    .split('\n')
    .filter((file) => /\.(?:[jt]sx?|md)$/.test(file) && !skipped.test(file))
    .filter((file) => names.length === 0 || names.some((name) => file.startsWith(name)))
    .flatMap((file) => faultsOfFile(file, readFileSync(path.join(root, file), 'utf8')))
}

function faultsOfFile(file, text) {
  const parts = file.endsWith('.md') ? partsOfMarkdown(text) : partsOfCode(text)
  return [...wordsIn(parts), ...tooWide(text, file.endsWith('.md'))]
    .sort((a, b) => a.line - b.line)
    .map(({ line, fault }) => `${file}:${line}: ${fault}`)
}

function* wordsIn(parts) {
  for (const { text, line, sentences } of parts)
    for (const [pattern, instead] of sentences ? [...everywhere, ...inSentences] : everywhere)
      for (const match of text.matchAll(pattern)) {
        const found = match[0].replace(/\s+/g, ' ').trim()
        yield { line: line + lines(text.slice(0, match.index)), fault: `"${found}": write ${instead}` }
      }
}

const lines = (text) => text.split('\n').length - 1

/** Markdown without code; lines are kept. */
function partsOfMarkdown(text) {
  const blank = (code) => code.replace(/[^\n]/g, ' ')
  return [{ text: text.replace(/^```[\s\S]*?^```|`[^`\n]*`/gm, blank), line: 1, sentences: true }]
}

/** The comments of a source, and its strings of three words and more. */
function* partsOfCode(text) {
  const comment = /(?<comment>\/\*[\s\S]*?\*\/|(?<![:'"\w])\/\/.*$)/
  const string = /(?<string>'(?:[^'\\\n]|\\.)*'|"(?:[^"\\\n]|\\.)*"|`(?:[^`\\]|\\.)*`)/
  const pattern = new RegExp(`${comment.source}|${string.source}`, 'gm')
  for (const { index, groups } of text.matchAll(pattern)) {
    const line = 1 + lines(text.slice(0, index))
    if (groups.comment)
      yield { text: groups.comment.replace(/`[^`\n]*`/g, (code) => ' '.repeat(code.length)), line, sentences: true }
    else if (/\w \w+ \w/.test(groups.string)) yield { text: groups.string, line, sentences: false }
  }
}

function* tooWide(text, isMarkdown) {
  let isCode = false
  for (const [index, line] of text.split('\n').entries()) {
    if (isMarkdown && line.startsWith('```')) isCode = !isCode
    const most = /^\s*(?:\/\/|\/?\*)/.test(line) && !isMarkdown ? widest.comment : widest.line
    const isWhole = isMarkdown && (line.startsWith('|') || !/\S\s+\S/.test(line.slice(0, most)))
    if (line.length > most && !isWhole) yield { line: index + 1, fault: `${line.length} columns: ${most} at most` }
  }
}

const faults = faultsOfProse(process.argv.slice(2))
for (const fault of faults) console.error(fault)
if (faults.length > 0) console.error(`${faults.length} places are not plain: see the word list in scripts/prose.js`)
process.exitCode = faults.length > 0 ? 1 : 0
