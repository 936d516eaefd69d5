/** Members that take turns. */
export interface Queue<Item> {
  /** Hands an item to the member whose turn it is. */
  next(item: Item): void
  /** Joins as the last in turn. Returns the undo. */
  join(member: (item: Item) => void): () => void
}

/** Opens an empty queue. `emptied` runs when the last member has left. */
export function queue<Item>(emptied: () => void): Queue<Item> {
  const members: ((item: Item) => void)[] = []
  return {
    next(item) {
      const member = members.shift()
      if (!member) return
      members.push(member)
      member(item)
    },
    join(member) {
      members.push(member)
      return () => {
        const at = members.indexOf(member)
        if (at < 0) return
        members.splice(at, 1)
        if (members.length === 0) emptied()
      }
    },
  }
}
