/** The row of a message of a subject: message `number` in all, the subject's own `seq`. */
export function rowOf(number, subjects) {
  const seq = Math.floor(number / subjects)
  return { seq, name: `order ${seq}`, price: (number * 37) % 1000, customer: 'a customer' }
}
