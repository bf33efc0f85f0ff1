/** A thread that begins and never looks up again. */
module.exports = () => {
  for (;;);
}
