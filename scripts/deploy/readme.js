// The commands of deploy/README.md: those that run in a Debian, and those that can't.

/**
 * Begins of the blocks that need an engine of containers or a cluster. The steps of the Dockerfile
 * are run one by one, by dockerfile.js.
 */
const elsewhere = ['docker build -f deploy/Dockerfile', 'kubectl create secret']

/**
 * Returns the blocks of code of the README, in order.
 * @param {string} text
 */
export function blocksOf(text) {
  const blocks = [...text.matchAll(/^```\w*\n([\s\S]*?)^```$/gm)].map(([, block = '']) => block)
  const apart = (block) => elsewhere.some((begin) => block.startsWith(begin))
  return { run: blocks.filter((block) => !apart(block)), elsewhere: blocks.filter(apart) }
}
