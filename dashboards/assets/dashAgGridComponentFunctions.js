// Draws a worker in the table as a link, so that it can be reached with the keyboard.
window.dashAgGridComponentFunctions = window.dashAgGridComponentFunctions ?? {};
window.dashAgGridComponentFunctions.WorkerLink = (props) =>
  props.data
    ? window.React.createElement("a", { href: props.data.href }, props.value)
    : window.React.createElement("span", {}, "…");
