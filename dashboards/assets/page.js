// The parts of a page that need no server: when to redraw, where a click leads, and saving figures as images.
(() => {
  const stay = () => window.dash_clientside.no_update;

  /** Follows a link without loading a new document, like the links of the page. */
  function follow(href) {
    if (!href.startsWith("/dashboards/")) return window.location.assign(href);
    window.history.pushState({}, "", href);
    window.dispatchEvent(new CustomEvent("_dashprivate_pushstate"));
    window.scrollTo(0, 0);
  }

  /** Returns whether a redraw would interrupt the user. */
  function busy() {
    const content = document.getElementById("content");
    return (
      document.hidden ||
      !content ||
      content.querySelector(
        "details[open], .js-plotly-plot:hover, .ag-root-wrapper:hover, .zoomlayer .select-outline",
      ) ||
      (content.contains(document.activeElement) && document.activeElement.tagName !== "H1") ||
      [...content.querySelectorAll("textarea")].some((note) => note.value) ||
      String(window.getSelection()) !== ""
    );
  }

  /** Saves a figure with its title, dark on white in every theme. */
  async function save(button) {
    const { figure, save: format } = button.dataset;
    const container = document.getElementById(`${figure}-graph`);
    const graph = container.querySelector(".js-plotly-plot");
    const card = container.closest(".card");
    const subtitle = card.querySelector(".subtitle").textContent;
    const lines = subtitle.match(/.{1,110}(\s|$)/g) ?? [subtitle];
    const escape = (text) => text.replace(/&/g, "&amp;").replace(/</g, "&lt;");
    const ink = "#1b2430";
    const layout = JSON.parse(JSON.stringify(graph.layout));
    const margin = { ...layout.margin, t: 76 + 18 * lines.length };
    const width = 1000;
    const height = (layout.height ?? 360) + margin.t;
    const title = `<b>${escape(card.querySelector("h2").textContent)}</b><br><span style="font-size:12px">${lines.map(escape).join("<br>")}</span>`;
    const fullLayout = {
      ...layout,
      width,
      height,
      margin,
      paper_bgcolor: "#ffffff",
      font: { ...layout.font, color: ink },
      title: {
        text: title,
        x: 0,
        xanchor: "left",
        xref: "paper",
        y: 1,
        yref: "container",
        yanchor: "top",
        pad: { t: 34 },
        automargin: false,
      },
    };
    const address = await window.Plotly.toImage(
      { data: graph.data, layout: fullLayout },
      { format, width, height, scale: format === "png" ? 2 : 1 },
    );
    const link = document.createElement("a");
    link.href = address;
    link.download = `${figure}.${format}`;
    link.click();
  }

  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-save]");
    if (button) save(button);
    const link = event.target.closest(".ag-cell a");
    if (link && !event.ctrlKey && !event.metaKey && !event.shiftKey) {
      event.preventDefault();
      follow(link.getAttribute("href"));
    }
  });

  /** Scrolls to the element that the address points to, and highlights it, once per address: it is drawn late. */
  let target;
  function showTarget() {
    if (target === window.location.href) return;
    for (const element of document.querySelectorAll(".target")) element.classList.remove("target");
    const element = window.location.hash && document.getElementById(decodeURIComponent(window.location.hash.slice(1)));
    if (window.location.hash && !element) return;
    target = window.location.href;
    if (!element) return;
    element.classList.add("target");
    element.scrollIntoView({ block: "start" });
    if (element.tabIndex === -1) element.focus({ preventScroll: true });
  }

  let pathname;
  let rows;
  window.dash_clientside = Object.assign({}, window.dash_clientside, {
    gtcrowd: {
      tick: (count) => (busy() ? stay() : count),
      pause: (clicks, words) => (clicks % 2 ? [true, words.go, "true"] : [false, words.pause, "false"]),
      go: () => {
        for (const trigger of window.dash_clientside.callback_context.triggered) {
          const customdata = trigger.value?.points?.[0]?.customdata;
          const href = Array.isArray(customdata) ? customdata[0] : customdata;
          if (typeof href === "string" && /^\/(dashboards|jobs|api)\//.test(href)) follow(href);
        }
        return stay();
      },
      row: (cell) => {
        if (cell && cell.colId !== "worker")
          follow(`/dashboards/worker/${Number(cell.rowId)}/${window.location.search}`);
        return stay();
      },
      settled: () => {
        // After React has rendered the page.
        setTimeout(() => {
          const heading = document.querySelector("#content h1");
          if (!heading) return;
          document.title = `${heading.textContent} · gtcrowd`;
          if (pathname && pathname !== window.location.pathname) heading.focus({ preventScroll: true });
          pathname = window.location.pathname;
          showTarget();
          // React keeps the table when the page is redrawn; its rows are those of the previous address.
          const table = document.querySelector("#workers-grid .ag-root");
          if (table && table === rows) window.dash_ag_grid?.getApi("workers-grid")?.purgeInfiniteCache();
          rows = table;
          for (const graph of document.querySelectorAll("#content .js-plotly-plot:not([data-ready])")) {
            graph.dataset.ready = "";
            graph.on?.("plotly_hover", (data) => {
              const customdata = data.points[0].customdata;
              const href = Array.isArray(customdata) ? customdata[0] : customdata;
              graph.style.cursor = typeof href === "string" && href.startsWith("/") ? "pointer" : "";
            });
          }
        }, 50);
        return stay();
      },
    },
  });

  /** Accessibility attributes that Dash's controls lack, or have by mistake (null removes them). */
  const ARIA_FIXES = [
    [".dash-dropdown-focus-target", { tabindex: "-1" }],
    [
      ".dash-datepicker-input-wrapper",
      { role: "group", "aria-expanded": null, "aria-haspopup": null, "aria-disabled": null, type: null },
    ],
    [".dash-datepicker-clear", { role: "button", tabindex: "0" }],
  ];
  function fixControls() {
    for (const [selector, attributes] of ARIA_FIXES) {
      for (const element of document.querySelectorAll(selector)) {
        for (const [name, value] of Object.entries(attributes)) {
          if (value === null) element.removeAttribute(name);
          else if (element.getAttribute(name) !== value) element.setAttribute(name, value);
        }
      }
    }
  }
  document.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && event.target.matches?.(".dash-datepicker-clear")) event.target.click();
  });

  // On a small screen the filters are folded at first; after that, as the person left them.
  let collapsed = false;
  const observer = new MutationObserver(() => {
    fixControls();
    const filters = document.getElementById("filters");
    if (!filters || collapsed) return;
    collapsed = true;
    const folded = window.localStorage.getItem("filters-folded") ?? String(window.innerWidth < 700);
    if (folded === "true") filters.removeAttribute("open");
    filters.addEventListener("toggle", () => window.localStorage.setItem("filters-folded", String(!filters.open)));
  });
  observer.observe(document.documentElement, {
    childList: true,
    subtree: true,
    attributes: true,
    attributeFilter: ["aria-expanded", "tabindex"],
  });
})();
