// Draws each [data-pp-chart] from the JSON beside it: SVG, no animation, the portal's inks. The same numbers stand in a table below.
(() => {
  "use strict";
  const ink = getComputedStyle(document.documentElement);
  const tone = (name) => ink.getPropertyValue(name).trim();
  const size = () => parseFloat(ink.fontSize);
  const axis = (text) => ({
    axisLine: { lineStyle: { color: tone("--pp-rule") } }, axisTick: { show: false },
    axisLabel: { color: tone("--pp-ink-2"), fontSize: text }, splitLine: { lineStyle: { color: tone("--pp-hair") } },
  });
  document.querySelectorAll("[data-pp-chart]").forEach((place) => {
    const data = document.getElementById(place.dataset.ppChart);
    if (!data || !window.echarts) return;
    const text = size() * 0.875;
    const chart = window.echarts.init(place, {
      color: ["--pp-chart-1", "--pp-chart-2", "--pp-chart-3", "--pp-chart-4", "--pp-chart-5"].map(tone),
      textStyle: { fontFamily: tone("--pp-sans"), color: tone("--pp-ink-2"), fontSize: text },
      categoryAxis: { ...axis(text), splitLine: { show: false } }, valueAxis: { ...axis(text), axisLine: { show: false } },
      legend: { textStyle: { color: tone("--pp-ink-2"), fontSize: text } },
      line: { symbol: "circle", symbolSize: 5, lineStyle: { width: 1.5 } },
    }, { renderer: "svg" });
    const asked = JSON.parse(data.textContent);
    if (asked.legend) asked.legend = { right: 0, top: 0, itemWidth: 12, itemHeight: 12, ...asked.legend };
    chart.setOption({ animation: false, grid: { left: 0, right: 8, top: asked.legend ? 36 : 12, bottom: 0, containLabel: true }, ...asked });
    new ResizeObserver(() => chart.resize()).observe(place);
  });
})();
