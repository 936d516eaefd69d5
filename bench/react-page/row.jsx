/** The newest message of a subject. */
export function Row({ subject, newest }) {
  return (
    <tr>
      <td>{subject}</td>
      <td>{newest?.name}</td>
      <td>{newest?.price.toFixed(2)}</td>
      <td>{newest?.customer}</td>
    </tr>
  )
}
