/** The members of a group, which take items in turn. */
export interface Queue<Item> {
  /** Delivers an item to the next member. */
  next(item: Item): void
  /** Adds a member at the end. Returns the undo. */
  join(member: (item: Item) => void): () => void
}

/** Returns an empty queue. `emptied` runs when the last member has left. */
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
