// What a page does without the server: whether it may be redrawn now, where a click leads, and figures as pictures.
(() => {
  const stay = () => window.dash_clientside.no_update;

  /** Leads on as the links of the page do, without loading it anew. */
  function lead(href) {
    if (!href.startsWith("/dashboards/")) return window.location.assign(href);
    window.history.pushState({}, "", href);
    window.dispatchEvent(new CustomEvent("_dashprivate_pushstate"));
    window.scrollTo(0, 0);
  }

  /** Whether somebody is looking at or working with something that a redraw would take away. */
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

  /** The figure with its title, dark on white, whatever the page looks like. */
  async function save(button) {
    const { figure, save: format } = button.dataset;
    const place = document.getElementById(`${figure}-graph`);
    const graph = place.querySelector(".js-plotly-plot");
    const card = place.closest(".card");
    const under = card.querySelector(".subtitle").textContent;
    const lines = under.match(/.{1,110}(\s|$)/g) ?? [under];
    const escape = (text) => text.replace(/&/g, "&amp;").replace(/</g, "&lt;");
    const ink = "#1b2430";
    const layout = JSON.parse(JSON.stringify(graph.layout));
    const margin = { ...layout.margin, t: 76 + 18 * lines.length };
    const width = 1000;
    const height = (layout.height ?? 360) + margin.t;
    const title = `<b>${escape(card.querySelector("h2").textContent)}</b><br><span style="font-size:12px">${lines.map(escape).join("<br>")}</span>`;
    const whole = {
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
      { data: graph.data, layout: whole },
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
      lead(link.getAttribute("href"));
    }
  });

  let shown;
  let rows;
  window.dash_clientside = Object.assign({}, window.dash_clientside, {
    gtcrowd: {
      tick: (count) => (busy() ? stay() : count),
      pause: (clicks, words) => (clicks % 2 ? [true, words.go, "true"] : [false, words.pause, "false"]),
      go: () => {
        for (const one of window.dash_clientside.callback_context.triggered) {
          const said = one.value?.points?.[0]?.customdata;
          const href = Array.isArray(said) ? said[0] : said;
          if (typeof href === "string" && /^\/(dashboards|jobs|api)\//.test(href)) lead(href);
        }
        return stay();
      },
      row: (cell) => {
        if (cell && cell.colId !== "worker") lead(`/dashboards/worker/${Number(cell.rowId)}/${window.location.search}`);
        return stay();
      },
      settled: () => {
        // After React has put the page in its place.
        setTimeout(() => {
          const heading = document.querySelector("#content h1");
          if (!heading) return;
          document.title = `${heading.textContent} · gtcrowd`;
          if (shown && shown !== window.location.pathname) heading.focus({ preventScroll: true });
          shown = window.location.pathname;
          // The table stays when the page is drawn anew; what it has are the rows of before.
          const table = document.querySelector("#workers-grid .ag-root");
          if (table && table === rows) window.dash_ag_grid?.getApi("workers-grid")?.purgeInfiniteCache();
          rows = table;
          for (const graph of document.querySelectorAll("#content .js-plotly-plot:not([data-told])")) {
            graph.dataset.told = "";
            graph.on?.("plotly_hover", (data) => {
              const said = data.points[0].customdata;
              const href = Array.isArray(said) ? said[0] : said;
              graph.style.cursor = typeof href === "string" && href.startsWith("/") ? "pointer" : "";
            });
          }
        }, 50);
        return stay();
      },
    },
  });

  /** What Dash's own controls lack for those who hear the page or use the keyboard. */
  const MENDED = [
    [".dash-dropdown-focus-target", { tabindex: "-1" }],
    [
      ".dash-datepicker-input-wrapper",
      { role: "group", "aria-expanded": null, "aria-haspopup": null, "aria-disabled": null, type: null },
    ],
    [".dash-datepicker-clear", { role: "button", tabindex: "0" }],
  ];
  function mend() {
    for (const [selector, attributes] of MENDED) {
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

  // On a small screen the filters are folded up at first.
  let folded = false;
  const changed = new MutationObserver(() => {
    mend();
    const filters = document.getElementById("filters");
    if (!filters || folded) return;
    folded = true;
    if (window.innerWidth < 700) filters.removeAttribute("open");
  });
  changed.observe(document.documentElement, {
    childList: true,
    subtree: true,
    attributes: true,
    attributeFilter: ["aria-expanded", "tabindex"],
  });
})();
