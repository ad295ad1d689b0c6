// How the table draws a worker: as a link, so that the keyboard reaches it too.
window.dashAgGridComponentFunctions = window.dashAgGridComponentFunctions ?? {};
window.dashAgGridComponentFunctions.WorkerLink = (props) =>
  props.data
    ? window.React.createElement("a", { href: props.data.href }, props.value)
    : window.React.createElement("span", {}, "…");
